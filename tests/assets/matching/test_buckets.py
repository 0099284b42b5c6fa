"""Proves that keys parted into buckets on the disk say what they say in memory, to the last byte."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import hypothesis.strategies as st
import polars as pl
import pytest
from hypothesis import given, settings

from assets.matching import NO_OVERRIDES, MatchSettings, Rule, by_customer, match_with_doubts
from assets.matching.buckets import keys_of_rules
from assets.matching.comparison import Comparison
from assets.matching.parted import Buckets
from tests.assets.matching.oracle import World
from tests.assets.matching.small_worlds import EMAIL, NAME, customer, record, world
from tests.assets.matching.worlds import as_frames, worlds
from tests.benchmarks.world import write_world

TAGS = Rule("metadata.crm", "crm", separators=" ")


def said(frames: Sequence[pl.LazyFrame], how: MatchSettings, count: int | None = None) -> pl.DataFrame:
    """What matching says in so many buckets, or in memory."""
    with TemporaryDirectory() as folder:
        buckets = None if count is None else Buckets(Path(folder), count)
        stripe, netsuite, overrides = frames
        return by_customer(match_with_doubts(stripe, netsuite, overrides, how, buckets=buckets).collect())


@settings(max_examples=8, deadline=None)
@given(worlds(), st.sampled_from([1, 2, 5]), st.booleans())
def test_buckets_say_what_memory_says(small: World, count: int, has_tags: bool) -> None:
    rules = (*small.settings.rules, TAGS) if has_tags else small.settings.rules
    how = replace(small.settings, rules=rules, shared_key=1)
    assert said(as_frames(small), how, count).equals(said(as_frames(small), how))


def test_what_several_values_find_in_several_buckets_is_put_together() -> None:
    tagged = customer(email="b", metadata_crm="a1 a2 a3 a4")
    others = [record(at, crm=f"a{at}") for at in (1, 2, 3, 4)]
    frames, how = as_frames(world(tagged, *others)), MatchSettings((TAGS,))
    assert said(frames, how, 7).equals(said(frames, how))
    assert said(frames, how, 7).get_column("candidate_ids").to_list() == ["1 2 3 4"]


def test_equal_keys_meet_in_one_bucket_and_no_bucket_has_all(tmp_path: Path) -> None:
    people = [customer(f"cus_{at}", email=f"{at}@a", name=" ") for at in range(40)]
    frames = as_frames(world(*people, *(record(at + 1, email=f"{at}@A") for at in range(40))))
    texts, records = frames[0].with_row_index("position"), frames[1]
    both = keys_of_rules(texts, records, (EMAIL, NAME), Comparison(), frozenset(), Buckets(tmp_path, 4))
    of_email = [[side.get_column("key") for side in part] for part in next(both).parts]
    assert [sorted(ours) == sorted(theirs) for ours, theirs in of_email] == [True] * 4
    assert sum(len(ours) for ours, _ in of_email) == 40
    assert max(len(ours) for ours, _ in of_email) < 40
    of_name = next(both)
    assert [len(ours) + len(theirs) for ours, theirs in of_name.parts] == [0] * 4
    assert of_name.customers.collect().is_empty()


def test_keys_of_records_stay_while_a_later_rule_wants_them(tmp_path: Path) -> None:
    frames = as_frames(world(customer(email="a", name="b"), record(7, email="a", company_name="b")))
    rules = (EMAIL, NAME, Rule("name", "email"))
    texts = frames[0].with_row_index("position")
    there = [
        (sum(len(theirs) for _, theirs in keys.parts), sorted(path.name for path in tmp_path.iterdir()))
        for keys in keys_of_rules(texts, frames[1], rules, Comparison(), frozenset(), Buckets(tmp_path, 3))
    ]
    kept = ["records 0"]
    assert there == [
        (1, ["customers 0", *kept]),
        (1, ["customers 1", *kept, "records 1"]),
        (1, ["customers 2", *kept]),
    ]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("linked", [5, 60])
def test_a_generated_world_is_matched_alike_in_buckets(tmp_path: Path, linked: int) -> None:
    write_world(tmp_path, 50_000, linked=linked)
    stripe, netsuite = (pl.scan_parquet(tmp_path / f"{side}.parquet") for side in ("stripe", "netsuite"))
    how = MatchSettings((EMAIL, NAME), one_to_one=True)
    whole = said((stripe, netsuite, NO_OVERRIDES), how)
    assert set(whole.get_column("outcome")) >= {"linked", "matched", "ambiguous", "unmatched", "broken"}
    assert said((stripe, netsuite, NO_OVERRIDES), how, 5).equals(whole)
