"""Traces of links that are parted on the disk are those of memory, and a customer's are together."""

from pathlib import Path

import polars as pl
import pytest

from assets.matching import parted_links
from assets.matching.parted import Buckets
from assets.matching.parted_links import Traces, find_traces
from tests.assets.matching.small_worlds import customer, record, world
from tests.assets.matching.worlds import as_frames

_ADDRESS = "https://dashboard.stripe.com/customers/"


@pytest.fixture
def frames() -> tuple[pl.DataFrame, pl.LazyFrame, pl.LazyFrame]:
    """Twenty customers and as many records, with links of every kind."""
    people = [customer(f"cus_{at}", metadata_netsuite_customer_id=str(at + 1)) for at in range(20)]
    odd = [customer("cus_B-2", metadata_netsuite_customer_id="gone"), customer("paid")]
    records = [record(at + 1, stripe_id=f"{_ADDRESS}cus_{at}", comments=f"is cus_{at}, cus_B-2") for at in range(20)]
    more = [record(30, external_id="paid"), record(31, external_id="cus_3"), record(32, stripe_id="not CUS_4, cus_5")]
    stripe, netsuite, _ = as_frames(world(*people, *odd, *records, *more))
    numbered = stripe.with_row_index("position")
    return numbered.select("position", "id").collect(), numbered, netsuite


def rows(traces: Traces) -> list[dict[str, object]]:
    whole = traces.each(lambda part: part).collect()
    return whole.sort("position", "record", "source", "text", nulls_last=True).to_dicts()


def test_they_are_those_of_memory_each_customer_in_one_part(
    frames: tuple[pl.DataFrame, pl.LazyFrame, pl.LazyFrame], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parted_links, "_BATCH", 3)
    parted = find_traces(*frames, pl.Expr.hash, frozenset(), Buckets(tmp_path, 4))
    whole = rows(find_traces(*frames, pl.Expr.hash, frozenset(), None))
    assert rows(parted) == whole
    assert {row["source"] for row in whole} == {"metadata", "stripe_id", "external_id", "comments"}
    assert len(whole) > 80
    owners = [set(part.collect().get_column("position")) for part in parted.parts]
    assert sum(map(len, owners)) == len(set().union(*owners)) == 22
    assert max(map(len, owners)) < 22
    assert [path.name for path in tmp_path.iterdir()] == ["traces"]


def test_placeholders_leave_none_and_nothing_makes_no_files(tmp_path: Path) -> None:
    stripe, netsuite, _ = as_frames(world(customer(metadata_netsuite_customer_id="N/A"), record(7)))
    numbered = stripe.with_row_index("position")
    known = (numbered.select("position", "id").collect(), numbered, netsuite)
    parted = find_traces(*known, pl.Expr.hash, frozenset({"n/a"}), Buckets(tmp_path, 2))
    assert rows(parted) == []
    assert not list(tmp_path.rglob("*.ipc"))
