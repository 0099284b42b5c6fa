"""One row an id: against plain Python on random rows, and in the words of whoever gave them."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory

import hypothesis.strategies as st
import polars as pl
import pytest
from hypothesis import given

from resources.extracts.on_disk import Disk
from resources.extracts.unique import RowSource, unique_by_id
from schemas.errors import AccessError, ExportError, UserError

SCHEMA = {"id": pl.Int64, "email": pl.String, "phone": pl.String}
TEXT = st.sampled_from(["a", "b", None])
Row = tuple[int, str | None, str | None]


def unique(rows: list[Row], source: RowSource) -> list[Row]:
    """In memory; on the disk it is the same, and the same is refused, some ids at a time."""
    frame = pl.DataFrame(rows, SCHEMA, orient="row")
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("resources.extracts.on_disk._BLOCK", 2)
        disk = Disk(Path(folder), 0)
        kept = disk.kept(frame.lazy())
        try:
            found = unique_by_id(frame, "id", source).rows()
        except UserError as refused:
            with pytest.raises(type(refused), match=f"^{re.escape(str(refused))}$"):
                disk.unique_by_id(kept, "id", source)
            raise
        on_disk = disk.unique_by_id(kept, "id", source)
        assert on_disk.rows.collect().rows() == found
        assert on_disk.height == len(found)
    return found


@given(st.lists(st.tuples(st.integers(1, 6), TEXT, TEXT), max_size=8))
def test_the_first_of_equal_rows_stays_in_its_place_and_different_rows_are_an_error(rows: list[Row]) -> None:
    kept = list(dict.fromkeys(rows))
    ids = [row[0] for row in kept]
    if len(ids) == len(set(ids)):
        assert unique(rows, RowSource("The list", "look")) == kept
    else:
        with pytest.raises(ExportError, match=r"The list has . rows of the id . that differ in "):
            unique(rows, RowSource("The list", "look"))


def test_the_sentence_names_the_lowest_id_what_differs_and_how_many_ids_are_like_it() -> None:
    rows: list[Row] = [(7, "a", "1"), (5, "a", "1"), (5, "b", "1"), (7, "a", None), (5, None, "1")]
    with pytest.raises(UserError) as raised:
        unique(rows, RowSource("The list", "look at it", AccessError))
    assert type(raised.value) is AccessError
    assert str(raised.value) == (
        "The list has 3 rows of the id 5 that differ in email (1 other ids likewise): look at it."
    )
