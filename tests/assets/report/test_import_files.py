"""The files for importing by hand do to the two systems what the plan would do, and hold nothing else (D7, W3)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings

from assets.planning.write_plan import plan_changes
from assets.report.import_files import (
    COMMENTS_FILE,
    ImportNotes,
    comments_import,
    netsuite_import,
    notes_text,
    stripe_updates,
)
from tests.assets.matching.oracle import World
from tests.assets.matching.worlds import as_frames, matches_of, worlds
from tests.assets.planning.plan_oracle import METADATA, applied
from tests.assets.planning.plan_worlds import ALL_FIELDS, NAMES, acme, crowded_worlds, record

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
    return plan_changes(stripe, netsuite, matches_of(world).lazy(), ALL_FIELDS).lazy()


def together(field: str) -> tuple[str, ...]:
    """The fields that stand in one file with this one."""
    return ("comments",) if field == "comments" else ("external_id", "stripe_id")


def import_of(field: str, plan: pl.LazyFrame, world: World, labels: dict[str, str] | None = None) -> pl.DataFrame:
    netsuite = as_frames(world)[1]
    make = comments_import if field == "comments" else netsuite_import
    return make(plan, netsuite, labels or LABELS)


@pytest.mark.rule("D7")
@settings(max_examples=12, deadline=None)
@given(worlds() | crowded_worlds())
def test_imported_files_leave_what_an_applied_plan_leaves(world: World) -> None:
    plan = plan_of(world).collect()
    after = applied(world, plan.to_dicts())
    changed = {(row["record_id"], row["field"]) for row in plan.to_dicts()}
    for field in FIELDS:
        imported = import_of(field, plan.lazy(), world)
        records = [r for r in after.records if any((str(r.internal_id), f) in changed for f in together(field))]
        records.sort(key=lambda r: r.internal_id)
        values = [r.text(field) if (str(r.internal_id), field) in changed else None for r in records]
        shown = imported.get_column(LABELS[field]).to_list() if LABELS[field] in imported.columns else []
        assert shown == (values if any(values) else [])
    updates = {c.id: c.fields[METADATA] for c in after.customers if (c.id, METADATA) in changed}
    assert stripe_updates(plan.lazy()).rows() == sorted(updates.items())


def test_one_row_per_record_under_the_labels_of_the_account() -> None:
    world = World([acme("cus_1"), acme("cus_2")], [record(10, comments="late"), record(9, company_name="x")], {}, NAMES)
    assert import_of("external_id", plan_of(world), world).to_dicts() == [
        {"Interne ID": "10", "External ID": "cus_1", "Stripe, Customer Id": "cus_1"}
    ]
    assert import_of("comments", plan_of(world), world).to_dicts() == [
        {"Interne ID": "10", "Comments": "late\ncus_1\ncus_2"}
    ]


def test_the_subsidiary_is_carried_where_it_is_mapped() -> None:
    """An account with subsidiaries wants it in every update (Oracle NetSuite help, section_N383794)."""
    labels = {**LABELS, "subsidiary": "Subsidiary"}
    world = World([acme("cus_1")], [record(10)], {}, NAMES)
    netsuite = as_frames(world)[1].with_columns(subsidiary=pl.lit("Parent : UK"))
    for make in (netsuite_import, comments_import):
        [row] = make(plan_of(world), netsuite, labels).to_dicts()
        assert row["Subsidiary"] == "Parent : UK"


NOW = datetime(2026, 9, 30, 12, 0, tzinfo=UTC)


def notes(hours_ago: float | None, *, records: int = 1, comments: int = 3, has_subsidiary: bool = True) -> ImportNotes:
    of = None if hours_ago is None else NOW - timedelta(hours=hours_ago)
    return ImportNotes(NOW, of, 24, has_subsidiary=has_subsidiary, records=records, comments=comments)


@pytest.mark.parametrize(("hours_ago", "may"), [(0, True), (24, True), (24.1, False), (None, False)])
def test_comments_are_imported_from_a_young_picture_only(hours_ago: float | None, may: bool) -> None:
    made = notes(hours_ago)
    assert made.comments_can_be_imported is may
    said = " ".join(made.sentences())
    assert (f"{COMMENTS_FILE} replaces the whole comments of 3 records" in said) is may
    assert (f"{COMMENTS_FILE} was left out" in said) is not may


def test_the_notes_say_how_old_the_picture_is_and_what_an_account_with_subsidiaries_wants() -> None:
    text = notes_text(notes(3, has_subsidiary=False), ["netsuite_import.csv"])
    assert "are those of 2026-09-30 09:00 UTC, 3.0 hours before this run" in text
    assert "wants the subsidiary in every import" in text
    assert "Key: Internal ID" in text
    assert "comments of" not in notes_text(notes(3, comments=0), [])


def test_the_notes_say_what_is_decided_before_anything_is_imported() -> None:
    made = notes(3)
    assert [*replace(made, decide_first="Decide first.").sentences()][1] == "Decide first."
    assert "Decide" not in " ".join(made.sentences())


def test_the_notes_of_a_plan_that_changes_nothing_in_netsuite_say_so() -> None:
    text = notes_text(notes(3, records=0, comments=0, has_subsidiary=False), ["stripe_updates.csv"])
    assert "NetSuite: there is nothing to import" in text
    assert "Key: Internal ID" not in text
    assert "OneWorld" not in text


def test_rows_are_in_the_order_of_the_ids_as_numbers() -> None:
    records = [record(10), record(9, company_name="B"), record(100, company_name="C")]
    customers = [acme("cus_1"), acme("cus_2", name="b"), acme("cus_3", name="c")]
    world = World(customers, records, {}, NAMES)
    assert import_of("stripe_id", plan_of(world), world).to_series().to_list() == ["9", "10", "100"]


@pytest.mark.rule("W6")
def test_unchanged_fields_are_blank_and_fields_that_nobody_changes_are_no_column() -> None:
    """A blank cell is left alone by the import; a column that is not there cannot be mapped by mistake."""
    full = {"external_id": "legacy", "comments": "cus_1"}
    records = [record(1, **full), record(2, company_name="B", comments="cus_2", stripe_id="cus_2")]
    world = World([acme("cus_1"), acme("cus_2", name="B")], records, {}, NAMES)
    imported = import_of("stripe_id", plan_of(world), world)
    assert imported.rows(named=True) == [
        {"Interne ID": "1", "External ID": None, "Stripe, Customer Id": "cus_1"},
        {"Interne ID": "2", "External ID": "cus_2", "Stripe, Customer Id": None},
    ]


def test_empty_plan_gives_files_with_a_header_only() -> None:
    world = World([], [], {}, NAMES)
    nothing = plan_of(world)
    assert import_of("stripe_id", nothing, world).columns == ["Interne ID"]
    assert import_of("comments", nothing, world).columns == ["Interne ID"]
    updates = stripe_updates(nothing)
    assert (updates.height, updates.columns) == (0, ["id", "netsuite_customer_id"])
