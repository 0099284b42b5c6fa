"""The files for importing by hand do to the two systems what the plan would do, and hold nothing else (D7, W3)."""

import polars as pl
import pytest
from hypothesis import given, settings

from assets.import_files import netsuite_import, stripe_updates
from assets.write_plan import plan_changes
from tests.assets.oracle import World
from tests.assets.plan_oracle import METADATA, applied
from tests.assets.plan_worlds import ALL_FIELDS, NAMES, acme, crowded_worlds, record
from tests.assets.worlds import as_frames, matches_of, worlds

LABELS = {
    "internal_id": "Interne ID",
    "external_id": "External ID",
    "stripe_id": "Stripe, Customer Id",
    "comments": "Comments",
    "email": "Email",
}
FIELDS = ("external_id", "stripe_id", "comments")


def plan_of(world: World) -> pl.LazyFrame:
    stripe, netsuite, _ = as_frames(world)
    return plan_changes(stripe, netsuite, matches_of(world).lazy(), ALL_FIELDS)


@pytest.mark.rule("D7")
@settings(max_examples=20, deadline=None)
@given(worlds() | crowded_worlds())
def test_imported_files_leave_what_an_applied_plan_leaves(world: World) -> None:
    plan = plan_of(world).collect()
    after = applied(world, plan.to_dicts())
    changed = {(row["record_id"], row["field"]) for row in plan.to_dicts()}
    records = [r for r in after.records if any((str(r.internal_id), field) in changed for field in FIELDS)]
    records.sort(key=lambda r: r.internal_id)
    imported = netsuite_import(plan.lazy(), LABELS)
    for field in FIELDS:
        values = [r.text(field) if (str(r.internal_id), field) in changed else None for r in records]
        shown = imported.get_column(LABELS[field]).to_list() if LABELS[field] in imported.columns else []
        assert shown == (values if any(values) else [])
    updates = {c.id: c.fields[METADATA] for c in after.customers if (c.id, METADATA) in changed}
    assert stripe_updates(plan.lazy()).rows() == sorted(updates.items())


def test_one_row_per_record_under_the_labels_of_the_account() -> None:
    world = World([acme("cus_1"), acme("cus_2")], [record(10, comments="late"), record(9, company_name="x")], {}, NAMES)
    imported = netsuite_import(plan_of(world), LABELS)
    assert imported.to_dicts() == [
        {
            "Interne ID": "10",
            "External ID": "cus_1",
            "Stripe, Customer Id": "cus_1",
            "Comments": "late\ncus_1\ncus_2",
        }
    ]


def test_rows_are_in_the_order_of_the_ids_as_numbers() -> None:
    records = [record(10), record(9, company_name="B"), record(100, company_name="C")]
    customers = [acme("cus_1"), acme("cus_2", name="b"), acme("cus_3", name="c")]
    assert netsuite_import(plan_of(World(customers, records, {}, NAMES)), LABELS).to_series().to_list() == [
        "9",
        "10",
        "100",
    ]


@pytest.mark.rule("W6")
def test_unchanged_fields_are_blank_and_fields_that_nobody_changes_are_no_column() -> None:
    """A blank cell is left alone by the import; a column that is not there cannot be mapped by mistake."""
    full = {"external_id": "legacy", "comments": "cus_1"}
    records = [record(1, **full), record(2, company_name="B", comments="cus_2", stripe_id="cus_2")]
    imported = netsuite_import(plan_of(World([acme("cus_1"), acme("cus_2", name="B")], records, {}, NAMES)), LABELS)
    assert imported.rows(named=True) == [
        {"Interne ID": "1", "External ID": None, "Stripe, Customer Id": "cus_1"},
        {"Interne ID": "2", "External ID": "cus_2", "Stripe, Customer Id": None},
    ]


def test_empty_plan_gives_files_with_a_header_only() -> None:
    nothing = plan_of(World([], [], {}, NAMES))
    assert netsuite_import(nothing, LABELS).columns == ["Interne ID"]
    updates = stripe_updates(nothing)
    assert (updates.height, updates.columns) == (0, ["id", "netsuite_customer_id"])
