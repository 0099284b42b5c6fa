import pytest

from tests.schemas.rule_kinds.reading import read


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Parent plc : Middle : Child Ltd", "Child Ltd"),
        ("Time: Space Ltd", "Time: Space Ltd"),
    ],
)
def test_a_leaf_has_no_parents(text: str, said: str) -> None:
    assert read("leaf", text) == said
