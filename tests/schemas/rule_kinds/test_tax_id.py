import pytest

from tests.schemas.rule_kinds.reading import read


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("DE 123.456-789", "DE123456789"),
        ("---", ""),
    ],
)
def test_a_tax_number_has_no_punctuation(text: str, said: str) -> None:
    assert read("tax_id", text) == said
