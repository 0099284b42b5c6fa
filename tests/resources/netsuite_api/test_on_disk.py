"""Rows that do not fit into memory wait on the disk, page by page, and become what they become in memory."""

from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from resources.extracts.on_disk import Disk
from sandbox.netsuite_standin import STANDARD_COLUMNS, Column, SavedSearch
from tests.resources.netsuite_api.netsuite_world import FIELDS, SEARCH, connected
from tests.resources.netsuite_api.reading_customers import world_of

WITH_CONTACTS = SavedSearch(columns=(*STANDARD_COLUMNS, Column("name", "Contact", join="contact")))


@pytest.mark.parametrize("bound", [0, 40_000], ids=["all of it", "what comes when memory is full"])
def test_a_read_gives_the_same_from_the_disk(tmp_path: Path, bound: int) -> None:
    world, disk = world_of(300), Disk(tmp_path, bound)
    world.insert(1, contacts=["first", "second", "third"])
    world.insert(2, stage="LEAD", isinactive=True, comments="- None -")
    with connected(world, searches=[WITH_CONTACTS], rows_per_call=50) as (client, _):
        in_memory = client.read_customers(SEARCH, FIELDS)
        on_disk = client.read_customers(SEARCH, FIELDS, disk=disk)
    assert on_disk.on_disk is not None
    assert_frame_equal(on_disk.on_disk.rows.collect(), in_memory.frame)
    assert on_disk.frame.is_empty()
    assert (disk._taken > 0) is (bound > 0)
    assert (on_disk.count, on_disk.unknown, on_disk.moved) == (in_memory.count, in_memory.unknown, in_memory.moved)
    assert (on_disk.height, on_disk.duplicates) == (302, 2)


def test_a_read_that_fits_is_in_memory(tmp_path: Path) -> None:
    with connected(world_of(30)) as (client, _):
        extract = client.read_customers(SEARCH, FIELDS, disk=Disk(tmp_path, 1_000_000))
    assert extract.on_disk is None
    assert extract.frame.height == 30
    assert not list(tmp_path.iterdir())
