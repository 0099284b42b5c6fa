import pytest

from tests.schemas.rule_kinds.reading import read


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("DE 123.456-789", "DE123456789"),
        ("23456789.0", "23456789"),
        ("DE 000 000 000", None),
        ("XX-XXXXXXX", None),
        ("applied for", None),
        ("---", None),
    ],
)
def test_a_tax_number_has_no_punctuation(text: str, said: str | None) -> None:
    assert read("tax_id", text) == said
