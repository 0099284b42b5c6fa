"""What is read over two APIs and does not fit into memory is kept as what fits is."""

from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from resources.extracts import on_disk
from tests.pipelines.api_world import sentences, site

SIDES = ("stripe_customers", "netsuite_customers")


def test_both_sides_are_the_same_from_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with site(tmp_path) as at:
        result = at.up_to(*SIDES)
        assert result.success, sentences(result)
        in_memory = [at.frame(side).sort("email") for side in SIDES]
        assert not any("on_disk" in at.metadata(side) for side in SIDES)
        monkeypatch.setattr(on_disk, "_OF_A_TEXT", 10**12)
        result = at.up_to(*SIDES)
        assert result.success, sentences(result)
        assert all(at.metadata(side)["on_disk"] for side in SIDES)
        for side, before in zip(SIDES, in_memory, strict=True):
            assert_frame_equal(at.frame(side).sort("email"), before)
