import pytest

from tests.schemas.rule_kinds.reading import read


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("+1 (617) 555-0118", None, "+16175550118"),
        ("617-555-0118", "US", "+16175550118"),
        ("617-555-0118", None, None),
        ("030 901820", "DE", "+4930901820"),
        ("+49 30 901820", "US", "+4930901820"),
        ("0049 30 901820", "DE", "+4930901820"),
        ("617-555-0118 ext. 7", "US", "+16175550118;ext=7"),
        ("４１５ ５５５ ２６７１", "US", "+14155552671"),
        ("000-000-0000", "US", None),
        ("+1 555 555 5555", None, None),
        ("123-456-7890", "US", None),
        ("6175550118.0", "US", "+16175550118"),
        ("30901820.0", "DE", "+4930901820"),
        ("call me", "US", None),
        ("12", "US", None),
        ("", "US", None),
        (None, "US", None),
    ],
)
def test_a_phone_is_its_number(text: str | None, country: str | None, number: str | None) -> None:
    assert read("phone", text, country) == number
