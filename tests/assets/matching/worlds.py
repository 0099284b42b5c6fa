"""Small worlds, dense with collisions, and the frames that matching takes: what the oracle's tests are made on."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import hypothesis.strategies as st
import polars as pl

from assets.matching import MatchSettings, Rule, by_customer, match_customers
from assets.matching.comparison import Comparison
from schemas.link_fields import fields_of
from schemas.matches import Matches
from tests.assets.matching.oracle import Customer, Record, World

T = TypeVar("T")
START = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)
METADATA = ("netsuite_customer_id", "netsuite_block_integration", "netsuite_allow_integration", "crm")
STRIPE_COLUMNS = ("email", "name", "description", "phone", *(f"metadata.{key}" for key in METADATA))
LINKS = tuple(field.name for field in fields_of("netsuite"))
NETSUITE_COLUMNS = (*LINKS, "email", "company_name", "phone", "stage", "crm")
IDS = (
    "cus_1",
    "cus_12",
    "cus_A",
    "cus_é",
    "cus_1-2",
    "cus_a.",
    "user-1",
    "user-1-2",
    "user",
    "-x-",
    "1",
    "cus_1 2",
    "...",
    "gcus_1",
)
RULES = (
    Rule("email", "email"),
    Rule("name", "company_name"),
    Rule("metadata.crm", "crm"),
    Rule("metadata.crm", "internal_id"),
    Rule("id", "crm"),
)

_VALUES = st.sampled_from([None, "", " ", "a", "A ", "b", "B\u00a0", "\u00e9", "e\u0301", "1", "01", "ß", "sS", "c"])
_ODD = (
    *("cus_1, cus_A", "cus_1; cus_9", "cus_A\ncus_12", "cus_1 (old)", "not cus_A", "Cus_a.", "CUS_1", "user-1 cus_A"),
    *("https://dashboard.stripe.com/customers/cus_1", "https://dashboard.stripe.com/acct_1/customers/cus_A?x=1"),
    *("https://dashboard.stripe.com/customers/user-1/", "'cus_12'.", "\u200bcus_1", "cus\u00ad_A", "USER-1", "1, user"),
    *("gcus_1", "cus_1_old", "cus_1/cus_A", "cus_cus_1", "us_A", "c u s_1 2", "12", "A", "cus-1-2", "cus.1.", "cus__A"),
    *("abcdefghijkl12", "cus_user-1", "no. 12"),
)
_TRACES = (
    st.none()
    | st.sampled_from(IDS)
    | st.sampled_from(["", " ", "cus_1 ", "cus_9", "someone", "cus_"])
    | st.sampled_from(_ODD)
)
_NAMED = st.none() | st.sampled_from(
    ["", "1", "2", " 3 ", "\u200b3\ufeff", "03", "3.0", "9", "x", "99999999999999999999", "9999999999999999999"]
)
_TRUTHS = st.sampled_from([None, None, None, "true", " TRUE", "false", ""])
_COMMENTS = st.none() | st.lists(st.sampled_from([*IDS, " ", "-", "_", ".", "é", "\n", "1", "cus_"]), max_size=5).map(
    "".join
)


def few_or_many(
    one: st.SearchStrategy[T], few: int, most: int, key: Callable[[T], object]
) -> st.SearchStrategy[list[T]]:
    """A few or none, or a crowd: an example costs what its steps cost, and hardly more for more rows."""
    crowd = st.lists(one, min_size=most // 2, max_size=most, unique_by=key)
    return st.lists(one, max_size=few, unique_by=key) | crowd | crowd


def customers() -> st.SearchStrategy[list[Customer]]:
    fields = st.fixed_dictionaries(
        {"email": _VALUES, "name": _VALUES, "metadata.crm": _VALUES, "metadata.netsuite_customer_id": _NAMED},
        optional={"metadata.netsuite_block_integration": _TRUTHS, "metadata.netsuite_allow_integration": _TRUTHS},
    )
    created = st.integers(0, 200).map(lambda seconds: START + timedelta(seconds=seconds))
    customer = st.builds(Customer, st.sampled_from(IDS), created, fields)
    return few_or_many(customer, 2, 14, lambda c: c.id)


def records() -> st.SearchStrategy[list[Record]]:
    fields = st.fixed_dictionaries(
        {"email": _VALUES, "company_name": _VALUES, "crm": _VALUES | st.sampled_from(IDS), "stripe_id": _TRACES},
        optional={"external_id": _TRACES, "comments": _COMMENTS},
    )
    mostly = st.sampled_from([True, True, True, False])
    record = st.builds(Record, st.integers(1, 12), mostly, mostly.map(lambda x: not x), fields)
    return few_or_many(record, 3, 12, lambda r: r.internal_id)


def settings_of_matching() -> st.SearchStrategy[MatchSettings]:
    rules = st.lists(st.sampled_from(RULES), max_size=3, unique=True).map(tuple)
    several = st.sampled_from(["first", "refuse"])
    return st.builds(MatchSettings, rules, several, st.booleans(), st.booleans(), st.sampled_from([False, False, True]))


def worlds() -> st.SearchStrategy[World]:
    overrides = st.dictionaries(st.sampled_from(IDS), st.none() | st.integers(1, 13), max_size=2)
    return st.builds(World, customers(), records(), overrides, settings_of_matching())


def matches_of(world: World, comparison: Comparison | None = None) -> pl.DataFrame:
    """Return what matching says of a world, checked against the model of its frame."""
    stripe, netsuite, overrides = as_frames(world)
    found = by_customer(match_customers(stripe, netsuite, overrides, world.settings, comparison).collect())
    return Matches.validate(found)


def as_frames(world: World) -> tuple[pl.LazyFrame, pl.LazyFrame, pl.LazyFrame]:
    overrides = {"stripe_customer_id": list(world.overrides), "netsuite_internal_id": list(world.overrides.values())}
    schema = {"stripe_customer_id": pl.String, "netsuite_internal_id": pl.Int64}
    return stripe_frame(world.customers), netsuite_frame(world.records), pl.LazyFrame(overrides, schema)


def stripe_frame(customers: Sequence[Customer]) -> pl.LazyFrame:
    texts = dict.fromkeys(STRIPE_COLUMNS, pl.String())
    schema = pl.Schema({"id": pl.String(), "created": pl.Datetime("us", "UTC"), **texts})
    rows = [{"id": c.id, "created": c.created, **_filled(c.fields, STRIPE_COLUMNS)} for c in customers]
    return pl.LazyFrame(rows, schema).with_columns(livemode=pl.lit(None, pl.Boolean))


def netsuite_frame(records: Sequence[Record]) -> pl.LazyFrame:
    flags = {"internal_id": pl.Int64, "is_customer": pl.Boolean, "inactive": pl.Boolean}
    rows = [
        {"internal_id": r.internal_id, "is_customer": r.is_customer, "inactive": r.inactive}
        | _filled(r.fields, NETSUITE_COLUMNS)
        for r in records
    ]
    return pl.LazyFrame(rows, flags | dict.fromkeys(NETSUITE_COLUMNS, pl.String))


def _filled(fields: Mapping[str, str | None], columns: Sequence[str]) -> dict[str, str | None]:
    return {column: fields.get(column) for column in columns}
