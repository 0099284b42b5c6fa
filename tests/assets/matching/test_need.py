"""What matching needs is counted before it begins, and more than the bound goes into buckets."""

from contextlib import suppress
from pathlib import Path

import pytest

from assets.matching import MatchSettings, Rule
from assets.matching.need import Need, need_of, numbers_of, room_for
from resources.memory import Memory
from tests.assets.matching.small_worlds import SETTINGS, customer, record, world
from tests.assets.matching.worlds import as_frames

NEED = Need(held=1_000, texts=500, keys=4_000)


@pytest.mark.parametrize(
    ("bound", "buckets"),
    [
        pytest.param(5_500, 0, id="all fits"),
        pytest.param(5_499, 2, id="a byte too much"),
        pytest.param(2_000, 4, id="a bucket fits beside what is held"),
        pytest.param(1_000, 32, id="nothing is left: an eighth is taken"),
        pytest.param(1, 64, id="no more files than can be written at a time"),
    ],
)
def test_keys_are_parted_until_a_part_fits(bound: int, buckets: int) -> None:
    assert NEED.buckets(bound) == buckets


def test_it_grows_with_rows_and_with_what_is_compared() -> None:
    stripe, netsuite, _ = as_frames(world(customer(email="ab", name="ü"), record(7, email="abc")))
    need = need_of(stripe, netsuite, SETTINGS)
    assert need.texts == 2 * 16 + len("ab") + len("ü".encode())
    assert need.keys == 2 * (2 * 32 + len("ab") + len("abc"))
    longer, *_ = as_frames(world(customer(email="ab" * 50, name="ü"), customer("cus_2"), record(7)))
    more = need_of(longer, netsuite, SETTINGS)
    assert (more.held, more.keys - need.keys) == (2 * need.held, 2 * (32 + 98))


def test_a_rule_on_ids_and_no_rule_at_all_are_counted_too() -> None:
    stripe, netsuite, _ = as_frames(world(customer(), record(7)))
    by_id = need_of(stripe, netsuite, MatchSettings((Rule("id", "internal_id"),)))
    none = need_of(stripe, netsuite, MatchSettings(()))
    assert by_id.keys - none.keys == 2 * (len("cus_1") + len("7"))
    assert (by_id.texts, none.texts) == (16 + len("cus_1"), 0)


def test_links_that_exist_are_counted_and_parted_with_all_else() -> None:
    free, *_ = as_frames(world(customer()))
    named, *_ = as_frames(world(customer(metadata_netsuite_customer_id="7")))
    _, bare, _ = as_frames(world(record(7, comments="pays late")))
    _, linked, _ = as_frames(world(record(7, stripe_id="cus_1", external_id="cus_1", comments="pays late, cus_1")))
    links = [need_of(ours, theirs, SETTINGS).links for ours in (free, named) for theirs in (bare, linked)]
    assert links == [0, 3 * 170, 170, 4 * 170]
    assert Need(held=10, texts=0, keys=20, links=80).whole == 110
    assert Need(held=10, texts=0, keys=20, links=80).buckets(30) == 4


def test_buckets_have_a_private_folder_that_goes_even_when_matching_fails(tmp_path: Path) -> None:
    with suppress(ZeroDivisionError), room_for(NEED, 2_000, tmp_path / "frames") as buckets:
        assert buckets is not None
        assert (buckets.count, buckets.folder.stat().st_mode & 0o777) == (4, 0o700)
        assert numbers_of(NEED, buckets) == {"buckets": 4, "bytes_needed_at_once": 5_500}
        raise ZeroDivisionError
    assert not list((tmp_path / "frames").iterdir())


def test_what_fits_makes_no_folder_and_says_nothing(tmp_path: Path) -> None:
    with room_for(NEED, 5_500, tmp_path / "frames") as buckets:
        assert buckets is None
    assert not (tmp_path / "frames").exists()
    assert numbers_of(NEED, None) == {}


def test_a_bound_that_buckets_cannot_keep_is_said_with_one_that_they_can() -> None:
    need = Need(held=3 * 10**9, texts=0, keys=0)
    assert need.problem(Memory(4 * 10**9)) == ""
    said = need.problem(Memory(2 * 10**9))
    assert "holds 3 GB, however it is parted, and a stage may take 1.5 GB of the 2 GB of a run" in said
    assert "set `memory: 4GB`" in said
