"""The rows of a plan by field are slices of it, whatever the order in which they come."""

import polars as pl
import pytest

from assets.planning import parts
from assets.planning.parts import changes_of, parts_of
from schemas.link_fields import BY_NAME
from schemas.paired_plan import PairedPlan

ROWS = [("a", "x", 1), ("a", "x", 2), ("b", "x", 3), ("b", "y", 4), ("a", "x", 5)]
FRAME = pl.DataFrame(ROWS, schema=["system", "field", "row"], orient="row")


@pytest.mark.parametrize("most_slices", [1000, 1])
def test_parts_hold_every_row_once_in_order_though_a_field_stands_in_two_places(
    monkeypatch: pytest.MonkeyPatch, most_slices: int
) -> None:
    monkeypatch.setattr(parts, "_MOST_SLICES", most_slices)
    found = parts_of(FRAME, ["system", "field"])
    assert {key: part.get_column("row").to_list() for key, part in found.items()} == {
        ("a", "x"): [1, 2, 5],
        ("b", "x"): [3],
        ("b", "y"): [4],
    }
    assert list(found) == [("a", "x"), ("b", "x"), ("b", "y")]


def test_a_frame_without_rows_has_no_parts() -> None:
    assert parts_of(FRAME.clear(), ["system"]) == {}


def test_changes_of_some_fields_are_theirs_alone_and_none_is_an_empty_frame() -> None:
    rows = pl.DataFrame({"field": ["comments", "stripe_id", "comments"], "row": [1, 2, 3]})
    rows = rows.with_columns(system=pl.lit("netsuite"), action=pl.lit("set"))
    plan = PairedPlan(first=rows)
    assert changes_of(plan, [BY_NAME["comments"]]).collect().get_column("row").to_list() == [1, 3]
    assert changes_of(plan, [BY_NAME["external_id"]]).collect().equals(rows.clear())
