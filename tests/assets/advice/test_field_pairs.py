"""The counts of all pairs of fields are those of looking at every customer, one by one."""

from collections import defaultdict
from collections.abc import Mapping

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.advice.field_pairs import count_pairs
from assets.keys import key
from assets.no_values import BY_FORM, DAMAGED, PLACEHOLDERS

VALUE = st.sampled_from([None, "", " ", "a", "A ", "b", "ß", "SS", "N/A", "4.93E+11", "e+1", "c", "J***", "*c"])
STRIPE, NETSUITE = ("p", "q"), ("x", "y")


def rows(names: tuple[str, ...]) -> st.SearchStrategy[list[dict[str, str | None]]]:
    return st.lists(st.fixed_dictionaries(dict.fromkeys(names, VALUE)), max_size=8)


def is_value(text: str | None) -> str | None:
    made = key(text) if text else None
    none = made is None or made in PLACEHOLDERS | {"j***"} or bool(pl.select(pl.lit(made).str.contains(DAMAGED)).item())
    return None if none else made


def expected(
    stripe: list[dict[str, str | None]], netsuite: list[dict[str, str | None]], known: Mapping[int, int]
) -> dict[tuple[str, str], tuple[int, ...]]:
    found: dict[tuple[str, str], dict[int, list[int]]] = defaultdict(dict)
    for ours in STRIPE:
        for theirs in NETSUITE:
            for at, customer in enumerate(stripe):
                wanted = is_value(customer[ours])
                hits = [n for n, record in enumerate(netsuite) if wanted and is_value(record[theirs]) == wanted]
                if hits:
                    found[ours, theirs][at] = hits
    ways: dict[int, int] = defaultdict(int)
    for by_customer in found.values():
        for at, hits in by_customer.items():
            ways[at] += len(hits) == 1
    return {
        pair: (
            sum(len(hits) == 1 for hits in by_customer.values()),
            sum(len(hits) == 1 and ways[at] == 1 for at, hits in by_customer.items()),
            sum(len(hits) > 1 for hits in by_customer.values()),
            sum(known.get(at) == hits[0] for at, hits in by_customer.items() if len(hits) == 1),
            sum(at in known and known[at] != hits[0] for at, hits in by_customer.items() if len(hits) == 1),
        )
        for pair, by_customer in found.items()
    }


@pytest.mark.rule("X14")
@settings(deadline=None, max_examples=60)
@given(rows(STRIPE), rows(NETSUITE), st.dictionaries(st.integers(0, 7), st.integers(0, 7), max_size=3))
def test_every_count_is_that_of_looking_at_each_customer(
    stripe: list[dict[str, str | None]], netsuite: list[dict[str, str | None]], known: Mapping[int, int]
) -> None:
    known = {at: record for at, record in known.items() if at < len(stripe)}
    schema = {"position": pl.UInt32, "record": pl.Int64}
    records = pl.LazyFrame(netsuite, schema=dict.fromkeys(NETSUITE, pl.String)).with_row_index("internal_id")
    pairs = count_pairs(
        pl.LazyFrame(stripe, schema=dict.fromkeys(STRIPE, pl.String)),
        records.select(pl.col("internal_id").cast(pl.Int64), *NETSUITE),
        pl.DataFrame({"position": list(known), "record": list(known.values())}, schema=schema),
        STRIPE,
        NETSUITE,
        PLACEHOLDERS | {BY_FORM},
    )
    counted = pairs.counts.select("stripe", "netsuite", "links", "only", "ambiguous", "agree", "against").rows()
    assert {(row[0], row[1]): row[2:] for row in counted} == expected(stripe, netsuite, known)
    assert pairs.hits.height == sum(row[2] for row in counted)
