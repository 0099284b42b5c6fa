"""A proposal is the same whether matching looks at all records again, or at those alone that it can find."""

import polars as pl
from hypothesis import given, settings
from polars.testing import assert_frame_equal

from assets.extract.column_keys import flags_by_column
from assets.matching import MatchSettings, Rule
from assets.planning.found_again import records_for
from assets.planning.suggestions import proposals
from resources.storage.held_frames import Held
from schemas.declaration.rules import columns_of
from tests.assets.matching.oracle import World
from tests.assets.matching.worlds import as_frames, matches_of, worlds

RULES = MatchSettings((Rule("email", "email"), Rule("name", "company_name")))


def held(netsuite: pl.LazyFrame, settings: MatchSettings) -> Held:
    found = Held(netsuite.collect(), {})
    compared = {rule.netsuite_side.alone for rule in settings.rules} - {None}
    columns = [column for column in compared if column and columns_of(column) == (column,)]

    def keep(column: str, keys: pl.DataFrame) -> None:
        found.beside[column] = keys.select("position", "hash")

    flags_by_column(found.frame.lazy().filter("is_customer"), columns, settings.no_value, keep)
    return found


@settings(max_examples=8, deadline=None)
@given(worlds())
def test_the_proposals_are_those_of_a_look_at_all_records(world: World) -> None:
    stripe, netsuite, _ = as_frames(world)
    matches = matches_of(world).lazy()
    near = held(netsuite, RULES)
    some, every = (proposals(stripe, netsuite, matches, RULES, each).collect() for each in (near, None))
    assert_frame_equal(some, every, check_row_order=False)


def records(*rows: tuple[int, str | None, str | None, str | None]) -> pl.LazyFrame:
    schema = {"internal_id": pl.Int64, "email": pl.String, "stripe_id": pl.String, "comments": pl.String}
    frame = pl.LazyFrame(list(rows), schema, orient="row")
    nothing = [pl.lit(None, pl.String).alias(name) for name in ("company_name", "external_id", "entity_id")]
    return frame.with_columns(pl.lit(value=True).alias("is_customer"), *nothing)


def test_records_are_looked_at_that_name_a_customer_or_have_its_values_and_no_others() -> None:
    customers = pl.DataFrame({"id": ["cus_A1"], "email": ["A@example.com"], "name": [None]}, strict=False)
    netsuite = records(
        (1, "a@ example.com", None, None),
        (2, None, "see CUS_a1!", None),
        (3, None, None, "was (cus_A1)"),
        (4, None, "cus_\u200bA1", None),
        (5, "b@example.com", "cus_A2", "cus_B"),
    )
    found = records_for(customers.cast({"name": pl.String}), netsuite, RULES, held(netsuite, RULES)).collect()
    assert found.get_column("internal_id").to_list() == [1, 2, 3, 4]
