"""Some customers of a saved search, read as all are; who is not in the search is not there."""

import pytest

from sandbox.netsuite_standin import STANDARD_COLUMNS, SavedSearch, World
from schemas.errors import UserError
from schemas.words import InternalId
from tests.resources.netsuite_api.netsuite_world import FIELDS, SEARCH, connected


@pytest.mark.rule("P5")
def test_some_are_read_as_all_are_and_the_criteria_of_the_search_hold() -> None:
    world = World()
    world.insert(7, email="a@a.example", comments="x" * 3_000)
    world.insert(8, isinactive=True)
    world.insert(9)
    search = SavedSearch(columns=STANDARD_COLUMNS, filters=("isinactive", "is", "F"))
    with connected(world, searches=[search]) as (client, _):
        some = client.read_some(SEARCH, FIELDS, [InternalId(7), InternalId(8), InternalId(404)])
        whole = client.read_customers(SEARCH, FIELDS).frame
    assert some.equals(whole.filter(whole["internal_id"] == 7))


def test_a_label_that_is_not_there_is_the_same_sentence() -> None:
    with connected(World()) as (client, _), pytest.raises(UserError, match="no column labelled"):
        client.read_some(SEARCH, {"email": "Mail"}, [InternalId(7)])
