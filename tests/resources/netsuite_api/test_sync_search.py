"""The search whose labels are parameters of Stripe, over the RESTlet; what cannot be meant is one sentence (P1)."""

from collections.abc import Sequence

import pytest

from resources.extracts.extract import Extract
from resources.extracts.parameters import IGNORED
from resources.netsuite_api.reading.columns import Page, Wanted, page_frame
from resources.netsuite_api.reading.sync_search import read_parameters
from sandbox.netsuite_standin import Column, SavedSearch, World
from sandbox.netsuite_standin.filters import Json
from schemas.errors import UserError
from tests.resources.netsuite_api.netsuite_world import connected

SEARCH = "customsearch_to_stripe"
CODED = ("address.country", "preferred_locales[0]")
COLUMNS = (
    Column("internalid", kind="select"),
    Column("email", "email", kind="email"),
    Column("companyname", " name "),
    Column("balance"),
    Column("phone", "Telephone", kind="phone"),
)


def read(columns: tuple[Column, ...], search: str = SEARCH, filters: Sequence[Json] = ()) -> Extract:
    world = World()
    for number in (3, 1, 2):
        world.insert(number, email=f"n{number}@x.example", companyname=f"Company {number}", contacts=["a", "b"])
    with connected(world, searches=[SavedSearch(SEARCH, columns, tuple(filters))]) as (client, _):
        return read_parameters(client.restlet, search, "email")


@pytest.mark.rule("P1")
def test_labels_say_what_is_read_and_a_column_without_one_is_not() -> None:
    extract = read(COLUMNS)
    assert extract.frame.to_dict(as_series=False) == {
        "internal_id": [1, 2, 3],
        "email": [f"n{number}@x.example" for number in (1, 2, 3)],
        "name": [f"Company {number}" for number in (1, 2, 3)],
    }
    assert extract.notes[IGNORED] == "Telephone"
    assert extract.complete
    assert extract.proof == "NetSuite counted 3 rows, and as many were read."


def test_a_country_and_a_language_are_read_by_their_codes_and_not_in_the_words_of_a_user() -> None:
    wanted = Wanted(("address.country", "preferred_locales[0]", "name"), (0, 1, 2), coded=frozenset(CODED))
    values = [["DE", "5"], ["en_US", ""], ["DE", "FR"]]
    texts: list[list[str | None]] = [["Deutschland", "Frankreich"], ["Englisch (USA)", None], ["Eins", "Zwei"]]
    assert page_frame(Page([1, 2], values, texts), wanted).rows() == [
        (1, "DE", "en_US", "Eins"),
        (2, "Frankreich", None, "Zwei"),
    ]
    columns = (Column("email", "email"), *(Column("custentity_x", path, kind="select") for path in CODED))
    world = World()
    world.insert(1, email="n1@x.example", custentity_x="DE")
    with connected(world, searches=[SavedSearch(SEARCH, columns)]) as (client, _):
        assert read_parameters(client.restlet, SEARCH, "email").frame.rows() == [(1, "n1@x.example", "DE", "DE")]


def test_only_what_the_criteria_take_is_read() -> None:
    extract = read(COLUMNS, filters=["internalid", "noneof", ["2"]])
    assert extract.frame.get_column("internal_id").to_list() == [1, 3]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ((*COLUMNS, Column("phone", "balance")), "labelled “balance”, but balance moves money"),
        ((*COLUMNS, Column("phone", "address.zip")), "address.zip is no parameter of a Stripe customer"),
        ((*COLUMNS, Column("phone", "email")), "2 columns labelled “email”"),
        ((Column("companyname", "name"),), "no column labelled “email”"),
        ((Column("email", "email", summary="GROUP"),), "summary"),
        ((*COLUMNS, Column("entityid", "description", join="contact")), "rows of the id 1 that differ in description"),
    ],
)
def test_a_search_that_cannot_be_meant_is_one_sentence(columns: tuple[Column, ...], said: str) -> None:
    with pytest.raises(UserError) as error:
        read(columns)
    assert said in str(error.value)
    assert SEARCH in str(error.value)


def test_a_search_that_is_not_there_is_said_to_be_missing_or_hidden() -> None:
    with pytest.raises(UserError, match="Lists > Search > Saved Searches"):
        read(COLUMNS, search="customsearch_gone")
