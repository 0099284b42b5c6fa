"""Keys that the checks have made are those that matching would make, so that its result is the same."""

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from polars.testing import assert_frame_equal

from assets.extract.column_keys import flags_by_column
from assets.matching import NO_OVERRIDES, MatchSettings, Rule, match_with_doubts
from assets.matching.known_keys import ORDER, HeldExtracts
from assets.matching.match_rule import Side
from assets.matching.order import order_by_text
from resources.storage.held_frames import Held
from schemas.rule_kinds import RULE_KINDS
from tests.assets.matching.oracle import World
from tests.assets.matching.worlds import as_frames, worlds

RULES = (Rule("email", "email"), Rule("name", "company_name"), Rule(("name", "email"), ("company_name", "email")))


def looked_at(stripe: pl.LazyFrame, netsuite: pl.LazyFrame, settings: MatchSettings) -> HeldExtracts:
    held = HeldExtracts(Held(stripe.collect(), {}), Held(netsuite.collect(), {}), settings.match_inactive)
    for side, rows, columns in (
        (held.stripe, held.stripe.frame.lazy(), ["email", "name"]),
        (held.netsuite, held.netsuite.frame.lazy().filter("is_customer"), ["email", "company_name"]),
    ):
        flags_by_column(rows, columns, settings.no_value, side.beside.__setitem__)
    return held


@settings(max_examples=8, deadline=None)
@given(worlds())
def test_matching_by_known_keys_says_what_it_says_by_its_own(world: World) -> None:
    stripe, netsuite, _ = as_frames(world)
    how = replace(world.settings, rules=RULES)
    held = looked_at(stripe, netsuite, how)
    assert len(held.stripe.beside) == len(held.netsuite.beside) == 2
    held.stripe.beside[ORDER] = order_by_text(held.stripe.frame.get_column("id")).to_frame()
    known = match_with_doubts(*held.sides, NO_OVERRIDES, how, known=held.keys).collect()
    own = match_with_doubts(stripe, netsuite, NO_OVERRIDES, how).collect()
    assert_frame_equal(known, own)
    held.keep_hashes()
    assert {*held.stripe.beside} == {ORDER}
    assert {(*keys.columns,) for keys in held.netsuite.beside.values()} == {("position", "hash")}
    again = match_with_doubts(*held.sides, NO_OVERRIDES, how, known=held.keys).collect()
    assert_frame_equal(again, own)


@pytest.mark.parametrize(
    ("side", "column"),
    [
        (Side(("email",)), "email"),
        (Side(("email", "name")), None),
        (Side(("first + last",)), None),
        (Side(("email",), separators=";"), None),
        (Side(("phone",), RULE_KINDS["phone"]), None),
    ],
)
def test_only_a_column_alone_as_it_is_is_known_by_its_name(side: Side, column: str | None) -> None:
    assert side.alone == column
