"""Every file is read twice: into memory, and as one that does not fit. Both give the same, and refuse the same."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from resources.extracts.extract import Extract
from resources.extracts.on_disk import Disk
from schemas.errors import UserError


def both_ways(read: Callable[[Disk | None], Extract], folder: Path) -> Extract:
    """What is read into memory; on the disk there is the same."""
    folder.mkdir(exist_ok=True)
    try:
        extract = read(None)
    except UserError as refused:
        with pytest.raises(type(refused), match=f"^{re.escape(str(refused))}$"):
            read(Disk(folder, bound=0))
        raise
    on_disk = read(Disk(folder, bound=0))
    assert on_disk.on_disk is not None
    assert_frame_equal(on_disk.rows.lazy().collect(), extract.frame)
    assert on_disk.rows.height == extract.frame.height
    assert on_disk.frame.is_empty()
    assert replace(on_disk, frame=extract.frame, on_disk=None) == replace(extract, frame=extract.frame)
    return extract
