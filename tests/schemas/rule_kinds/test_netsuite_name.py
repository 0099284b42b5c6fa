import pytest

from tests.schemas.rule_kinds.reading import read


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("CUST103 Foo Ltd", "Foo Ltd"),
        ("Parent : 0007 Foo Ltd", "Foo Ltd"),
        ("1234 - Foo Ltd", "Foo Ltd"),
        ("C-1234: Foo Ltd", "Foo Ltd"),
        ("#1234 Foo Ltd", "Foo Ltd"),
        ("3-D Foo Ltd", "3-D Foo Ltd"),
        ("Foo 2 Ltd", "Foo 2 Ltd"),
    ],
)
def test_a_name_has_neither_parents_nor_a_number(text: str, said: str) -> None:
    assert read("netsuite_name", text) == said
