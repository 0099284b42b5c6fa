"""A file that is gone through once is what was written, has its hash, and says of a full disk what others say."""

import hashlib
from pathlib import Path

import polars as pl
import pytest

from resources.storage.disk import disk_in_words
from resources.storage.once import sha256_of, written_once
from schemas.errors import UserError

FULL = Path("/dev/full")


@pytest.mark.parametrize("rows", [0, 1, 300_000], ids=["nothing", "one row", "more than is let go at once"])
def test_what_polars_writes_is_there_and_its_hash_known(rows: int, tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {"id": pl.int_range(rows, eager=True), "name": pl.repeat("Zoë, who is here", rows, eager=True)}
    )
    with written_once(tmp_path / "fresh.csv") as (file, written):
        frame.write_csv(file)
        frame.write_csv(file, include_header=False)
    frame.write_csv(tmp_path / "wanted.csv")
    header, _, cells = (tmp_path / "wanted.csv").read_bytes().partition(b"\n")
    content = (tmp_path / "fresh.csv").read_bytes()
    assert content == header + b"\n" + cells * 2
    assert written.digest == sha256_of(tmp_path / "fresh.csv") == hashlib.sha256(content).hexdigest()


def test_what_was_there_before_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "fresh.csv"
    path.write_text("longer than what comes")
    with written_once(path) as (file, _):
        file.write(b"short")
    assert path.read_bytes() == b"short"


@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("rows", [1, 1_000_000])
def test_a_full_disk_is_named_when_polars_writes_to_it(rows: int, tmp_path: Path) -> None:
    frame = pl.DataFrame({"id": pl.int_range(rows, eager=True)})
    with pytest.raises(UserError, match="no space left"), disk_in_words(tmp_path), written_once(FULL) as (file, _):
        frame.write_csv(file)
