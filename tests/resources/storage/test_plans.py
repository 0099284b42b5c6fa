"""A kept plan is found by the hash of its content, reads back exactly, and is refused when it was changed (W7, X1)."""

from pathlib import Path

import hypothesis.strategies as st
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from polars.testing import assert_frame_equal

from resources.storage.local import LocalStorage
from resources.storage.plans import PlanStore
from schemas.errors import DamageError, UserError
from schemas.plan import PLAN_COLUMNS

SCHEMA = {name: pl.Int64 if name == "netsuite_internal_id" else pl.String for name in PLAN_COLUMNS}
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


def plans() -> st.SearchStrategy[pl.DataFrame]:
    row = st.tuples(*[TEXT] * 5, st.none() | TEXT, *[TEXT] * 3, st.integers(1, 2**62))
    return st.lists(row, max_size=4).map(lambda rows: pl.DataFrame(rows, SCHEMA, orient="row"))


def plan(old_value: str | None = None) -> pl.DataFrame:
    row = ("netsuite:7:stripe_id", "netsuite", "7", "stripe_id", "set", old_value, "cus_1", "is empty", "cus_1", 7)
    return pl.DataFrame([row], SCHEMA, orient="row")


@pytest.mark.rule("W7")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kept=plans())
def test_plan_reads_back_exactly(kept: pl.DataFrame, tmp_path: Path) -> None:
    store = PlanStore(LocalStorage(tmp_path))
    assert_frame_equal(store.read(store.keep(kept)), kept)


@pytest.mark.rule("X1")
def test_hash_stands_for_the_content_and_for_no_other(tmp_path: Path) -> None:
    store = PlanStore(LocalStorage(tmp_path))
    hashes = [store.keep(plan(old)) for old in (None, "", " ", None)]
    assert len({*hashes}) == 3
    assert hashes[0] == hashes[3]
    assert {path.name for path in tmp_path.iterdir()} == {f"{digest}.csv" for digest in hashes}


def test_kept_plans_are_private_and_not_to_be_changed(tmp_path: Path) -> None:
    store = PlanStore(LocalStorage(tmp_path / "plans" / "acme"))
    path = store.path(store.keep(plan()))
    assert path.stat().st_mode & 0o777 == 0o400
    assert path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.rule("X1")
def test_plan_that_was_changed_is_refused(tmp_path: Path) -> None:
    store = PlanStore(LocalStorage(tmp_path))
    digest = store.keep(plan())
    store.path(digest).chmod(0o600)
    store.path(digest).write_text(store.path(digest).read_text().replace("cus_1", "cus_2"))
    with pytest.raises(DamageError, match=r"The plan .* is damaged: .* Put your copy of it back, or reconcile again"):
        store.read(digest)


@pytest.mark.parametrize("size", [0, 10, -1])
def test_plan_that_was_cut_is_refused_until_it_is_made_again(size: int, tmp_path: Path) -> None:
    store = PlanStore(LocalStorage(tmp_path))
    digest = store.keep(plan())
    store.path(digest).chmod(0o600)
    store.path(digest).write_bytes(store.path(digest).read_bytes()[:size])
    with pytest.raises(DamageError, match="is damaged"):
        store.read(digest)
    assert store.keep(plan()) == digest
    assert_frame_equal(store.read(digest), plan())


def test_unknown_hash_gives_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"There is no plan 0000.*; copy the hash from"):
        PlanStore(LocalStorage(tmp_path)).read("0" * 64)


@pytest.mark.parametrize("text", ["", "abc", "../" + "0" * 61, "A" * 64, "0" * 64 + "\n"])
def test_what_is_no_hash_names_no_file(tmp_path: Path, text: str) -> None:
    with pytest.raises(UserError, match="is not the hash of a plan"):
        PlanStore(LocalStorage(tmp_path)).read(text)
