"""What is nearly equal is suggested with its reason, what is merely alike is not, and never more than three."""

import polars as pl
import pytest

from assets.near_misses.near_misses import find_near_misses
from assets.no_values import PLACEHOLDERS

OURS = ("name", "email", "phone", "tax_id", "address.postal_code", "address.line1")
THEIRS = ("company_name", "email", "phone", "tax_id", "postal_code", "address1")
FIELDS = dict(
    zip(("name", "email", "phone", "tax_id", "postcode", "line"), zip(OURS, THEIRS, strict=True), strict=True)
)


def suggest(
    ours: list[dict[str, str]], theirs: list[dict[str, str]], taken: tuple[int, ...] = ()
) -> list[tuple[str, str]]:
    """Suggest records 1, 2, … for customers cus_1, cus_2, …: the ids and reasons of each that has any."""
    stripe = {column: [row.get(field) for row in ours] for field, (column, _) in FIELDS.items()}
    netsuite = {column: [row.get(field) for row in theirs] for field, (_, column) in FIELDS.items()}
    found = find_near_misses(
        pl.LazyFrame(
            {"id": [f"cus_{at}" for at in range(1, len(ours) + 1)], **stripe},
            schema_overrides=dict.fromkeys(OURS, pl.String),
        ),
        pl.LazyFrame(
            {"internal_id": range(1, len(theirs) + 1), **netsuite}, schema_overrides=dict.fromkeys(THEIRS, pl.String)
        ),
        pl.LazyFrame({"internal_id": taken}, schema={"internal_id": pl.Int64}),
        PLACEHOLDERS,
    )
    return found.select("suggested_ids", "suggestions").rows()


@pytest.mark.rule("X15")
@pytest.mark.parametrize(
    ("field", "one", "other", "reason"),
    [
        ("name", "Acme, Inc.", "ACME Inc", "same name apart from punctuation"),
        ("name", "Café Zürich", "Cafe Zurich", "same name apart from accents or letter forms"),
        ("name", "Straße 7 Verlag", "Strasse 7 Verlag", "same name apart from accents or letter forms"),
        ("name", "Lindner GmbH & Co. KG", "Lindner", "same name apart from its legal form"),
        ("name", "株式会社青空製作所", "(株)青空製作所", "same name apart from accents or letter forms"),
        ("name", "www.bluete.example", "Bluete.example", "same name apart from `www.`"),
        ("name", "Lindner Bäckerei", "Bäckerei Lindner", "same name apart from word order"),
        ("name", "Jon Smithe", "John Smithe", "same name apart from one letter"),
        ("name", "Globex Trading", "Golbex Trading", "same name apart from one letter"),
        ("email", "jane.doe@acme.example", "jane.do@acme.example", "same e-mail apart from one letter, same domain"),
        ("email", "ap@acme.example", "office@acme.example", "same domain of the e-mail"),
        ("phone", "+49 (0)30 901820", "030/901820", "same digits of the phone"),
        ("tax_id", "DE 123.456-789", "de123456789", "same tax id"),
    ],
)
def test_the_reason_says_what_differs(field: str, one: str, other: str, reason: str) -> None:
    [(ids, said)] = suggest([{field: one}], [{field: other}, {field: "something else entirely"}])
    assert ids == "1"
    assert f": {reason}" in said


@pytest.mark.rule("X15")
def test_a_postcode_and_the_number_of_the_house_say_where_somebody_is() -> None:
    [(ids, said)] = suggest(
        [{"postcode": "10 115", "line": "Invalidenstr. 7a"}],
        [{"postcode": "10115", "line": "Invalidenstraße 7"}, {"postcode": "10115", "line": "Weg 8"}],
    )
    assert (ids, said) == ("1", "1: same postcode and house number")


@pytest.mark.rule("X15")
@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("email", "ann@gmail.com", "bob@gmail.com"),  # a public mail host
        ("name", "Store 1204", "Store 1205"),  # another number
        ("email", "user1204@a.example", "user1205@b.example"),
        ("email", "ap@one.example", "ar@two.example"),
        ("name", "Test", "Tests"),  # too short to be a mistake
        ("name", "Lindner Trading", "Limdmer Trading"),  # two letters
        ("name", "GmbH", "AG"),  # nothing but legal forms
        ("name", "N/A", "n.a."),  # no value
        ("phone", "12345", "12345"),  # an extension
    ],
)
def test_what_is_merely_alike_is_not_suggested(field: str, one: str, other: str) -> None:
    assert suggest([{field: one}], [{field: other}]) == []


def test_reasons_add_up_and_the_likeliest_three_come_first() -> None:
    record = {"name": "Acme", "email": "ap@acme.example"}
    theirs = [{"email": "x@acme.example"}, {"name": "Acme Ltd"}, record | {"name": "ACME AG"}, {"name": "Acme SA"}]
    [(ids, said)] = suggest([{"name": "Acme Inc", "email": "office@acme.example"}], theirs)
    assert ids == "3 2 4"
    assert said.startswith(
        "3, ACME AG, ap@acme.example: same name apart from its legal form, same domain of the e-mail | 2, Acme Ltd: "
    )


def test_records_of_other_customers_come_last_and_say_so() -> None:
    [(ids, said)] = suggest([{"name": "Acme Inc"}], [{"name": "Acme Ltd"}, {"name": "Acme SA"}], taken=(1,))
    assert ids == "2 1"
    assert said.endswith("its legal form; tied to another customer already")


def test_what_many_records_share_says_nothing() -> None:
    assert suggest([{"name": "Hotel"}], [{"name": "Hotel Ltd"}] * 11) == []
    assert suggest([{"email": "a@big.example"}], [{"email": f"x{at}@big.example"} for at in range(6)]) == []


def test_without_customers_or_columns_there_is_nothing() -> None:
    assert suggest([], [{"name": "Acme"}]) == []
    bare = pl.LazyFrame({"id": ["cus_1"], "name": ["Acme Inc"], "email": [None], "phone": [None]}).cast(pl.String)
    records = pl.LazyFrame({"internal_id": [1], "company_name": ["Acme"], "email": [None], "phone": [None]})
    typed = records.cast({"email": pl.String, "phone": pl.String})
    found = find_near_misses(bare, typed, pl.LazyFrame(schema={"internal_id": pl.Int64}), PLACEHOLDERS)
    assert found.get_column("suggested_ids").to_list() == ["1"]
