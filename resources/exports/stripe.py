"""The Stripe reader that needs no credential: the customer export of the Dashboard.

Columns are found by name, because the Dashboard's default set varies by account and over time. Stripe's page on this
export does not list them; the names here were seen in published exports of 2019 to 2026.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

import polars as pl

from resources.exports.dates import read_dates, zone_of
from resources.exports.file import Declared, check_header, open_export
from resources.exports.header import Header
from resources.exports.one_account import doubts_of_mode, of_one_side, side_columns
from resources.exports.seen_links import (
    DELETED,
    NOT_DELETED,
    deleted_label,
    hides_keys,
    link_column,
    metadata_texts,
    status_labels,
    unseen_links,
)
from resources.exports.sheet_cells import check_computed
from resources.exports.stripe_checks import checked
from resources.exports.stripe_fields import NOTHING_MORE, Further, further_columns, label_in_any_case, way_to_declare
from resources.exports.stripe_ids import doubts_of_ids
from resources.exports.usual_labels import CREATED_LABEL, ID_LABEL, OWN_LABELS
from resources.extracts.extract import Extract, warnings_of_a_file
from resources.extracts.on_disk import Disk
from resources.extracts.unique import RowSource, unique_by_id
from schemas.errors import ExportError
from schemas.invisible import without_invisible
from schemas.words import MATCH_KEYS

_IF_DOUBLED: Final = "choose Custom columns when you export, and take one of them out"
_VISIBLE_ID: Final = without_invisible(pl.col("id")).str.strip_chars()
"""An id without white space and invisible characters, which come along when an id is copied; none is part of one."""
_NOTHING_DECLARED: Final = Declared()
_OF_A_PAYMENT: Final = "customer id"
_DELETED: Final = "is deleted"  # as no field is called, for the space
_STATUS: Final = "status "  # and a number; nor is any field called this


def read_stripe_export(  # noqa: PLR0913 (what a declaration says, and where rows may be)
    path: Path,
    *,
    since: datetime,
    until: datetime,
    metadata_keys: Sequence[str],
    required: Iterable[str] = (),
    further: Further = NOTHING_MORE,
    declared: Declared = _NOTHING_DECLARED,
    disk: Disk | None = None,
) -> Extract:
    """Read the customers of a Dashboard export. Those that `Deleted` or `Status` says are deleted are left out.

    Args:
        path: the file; `created` in it is to the minute.
        since: no customer may be older (UTC, inclusive).
        until: no customer may be as new (UTC, exclusive).
        metadata_keys: the keys that become `metadata.<key>` columns; one that no customer has is a column of nulls,
            since the Dashboard adds a column only for keys that are in use.
        required: names of columns (`email`, `metadata.<key>`, …) that a rule needs, so that they must be in the file.
        further: fields that become columns, too.
        declared: what the declaration says of the file.
        disk: where the rows are to be if they are too many; none, if they are to be in memory.

    Raises:
        ExportError: the file cannot be used as it is; one sentence says why.
    """
    columns_of = _columns_of(metadata_keys, required, declared)
    key = declared.labels.get("id", ID_LABEL)
    with open_export(
        path, key, check=columns_of, if_doubled=_IF_DOUBLED, encoding=declared.encoding, labels=declared.labels
    ) as export:
        columns = columns_of(export.header) | further_columns(export.header, further)
        deleted = deleted_label(export.header.labels)
        columns |= {_DELETED: deleted} if deleted else {}
        columns |= {f"{_STATUS}{at}": label for at, label in enumerate(status_labels(export.header.labels))}
        sides = side_columns(export.header.labels)
        columns |= sides
        check_computed(export.source)
        texts = metadata_texts(export.header.labels)
        columns |= texts
        whole = export.read_to(disk, columns) if disk else None
        # One name for all forms of the rows: each is in memory whole, and goes when the next is there.
        rows = whole.rows.select("id", "created", *sides).collect() if whole else export.read(columns)
        count = rows.height
        zone = zone_of(columns["created"]) or "UTC"
        created = read_dates(rows.get_column("created"), until, declared.dates, zone)
        rows = rows.with_columns(_VISIBLE_ID, created.alias("moment"))
        rows = checked(rows, export, columns, since, until).drop("created").rename({"moment": "created"})
        rows, side = of_one_side(rows, export, columns, declared)
        doubts = (
            *doubts_of_mode(side, columns, declared),
            *doubts_of_ids(rows.get_column("id"), export.header.as_written(columns["id"])),
        )
        hidden = hides_keys(whole.rows if whole else rows.lazy(), texts)
    wanted = [*OWN_LABELS, *(f"metadata.{key}" for key in metadata_keys), *further.names]
    source = RowSource(str(path), "the file was edited, or two exports were joined; export it again")
    if whole and disk:
        text = pl.concat([whole.rows.drop("id", "created", *sides), rows.lazy()], how="horizontal")
        kept = disk.kept(_as_customers(text, wanted, further))
        found, on_disk = kept.rows.head(0).collect(), disk.unique_by_id(kept, "id", source)
        rows_read = kept.height
    else:
        rows = _as_customers(rows.lazy(), wanted, further).collect(engine="in-memory")
        found, on_disk = unique_by_id(rows, "id", source), None
        rows_read = rows.height
    of_file = warnings_of_a_file(ends_with_newline=export.ends_with_newline, lost=export.lost, rows=export.rows)
    labels = _as_read(export.header.labels, columns, metadata_keys)
    return Extract(
        found,
        rows_read,
        warnings=(*doubts, *of_file),
        notes={**side, **({"deleted_left_out": count - rows_read} if deleted or count > rows_read else {})},
        link_column="renamed" if hidden else link_column(labels),
        unseen_links=unseen_links(str(path), labels, hidden),
        on_disk=on_disk,
    )


def _as_customers(rows: pl.LazyFrame, wanted: Sequence[str], further: Further) -> pl.LazyFrame:
    """Those that are not deleted, with the columns that are wanted, of which some may not be in the file."""
    names = rows.collect_schema().names()
    nothing = (pl.lit(None, pl.String).alias(name) for name in wanted if name not in names)
    made = rows.filter(_is_there(names)).with_columns(*nothing)
    return made.select("id", "created", *OWN_LABELS, "livemode", pl.col(r"^metadata\..+$"), *further.names)


def _is_there(names: Sequence[str]) -> pl.Expr:
    """Whether no column says of a customer that it is deleted."""
    said = {name: pl.col(name).fill_null("").str.strip_chars().str.to_lowercase() for name in names}
    by_status = (~said[name].is_in(DELETED) for name in names if name.startswith(_STATUS))
    by_deleted = [said[_DELETED].is_in(NOT_DELETED)] if _DELETED in names else []
    return pl.all_horizontal(pl.lit(value=True), *by_deleted, *by_status)


def _as_read(labels: Iterable[str], columns: Mapping[str, str], metadata_keys: Iterable[str]) -> list[str]:
    """The labels, those of our metadata as the Dashboard writes them, without those that are read as something else."""
    usual = {columns.get(f"metadata.{key}"): f"{key} (metadata)" for key in MATCH_KEYS if key in metadata_keys}
    others = {*columns.values()} - {*usual}
    return [usual.get(label, label) for label in labels if label not in others]


def check_stripe_export(
    path: Path,
    *,
    metadata_keys: Sequence[str],
    required: Iterable[str] = (),
    further: Further = NOTHING_MORE,
    declared: Declared = _NOTHING_DECLARED,
) -> None:
    """Look at the labels of a Dashboard export, and no further. Arguments and errors as for `read_stripe_export`."""
    columns_of = _columns_of(metadata_keys, required, declared)

    def check(header: Header) -> None:
        for label in (columns_of(header) | further_columns(header, further)).values():
            header.position(label)

    key = declared.labels.get("id", ID_LABEL)
    check_header(path, key, check, if_doubled=_IF_DOUBLED, encoding=declared.encoding, labels=declared.labels)


def _columns_of(
    metadata_keys: Sequence[str], required: Iterable[str], declared: Declared
) -> Callable[[Header], dict[str, str]]:
    return partial(_columns, metadata_keys=metadata_keys, required=set(required), is_local=declared.dates == "local")


def _columns(header: Header, metadata_keys: Sequence[str], required: set[str], *, is_local: bool) -> dict[str, str]:
    """Our names, and the labels of the columns that are there.

    Stripe's own labels vary in case; a metadata key does not: two that differ in case are two keys.
    """
    local = next((label for label in header.labels if is_local and zone_of(label)), CREATED_LABEL)
    own = {"id": ID_LABEL, "created": local, **OWN_LABELS}
    wanted = own | {f"metadata.{key}": f"{key} (metadata)" for key in metadata_keys}
    there = {name: label_in_any_case(header, label) for name, label in own.items()}
    there |= {name: next(iter(header.found(label)), None) for name, label in wanted.items() if name not in own}
    is_payments = bool(header.in_any_case("Customer ID") and header.in_any_case("Amount"))
    if there["id"] is None or there["created"] is None or is_payments:
        raise _not_a_customer_export(header)
    missing = sorted(name for name in required if name in wanted and there[name] is None)
    if missing:
        advice = f"Add it to the export, or take the rule out{way_to_declare(header, missing[0])}."
        raise header.missing([wanted[missing[0]]], ", which a rule needs", advice)
    return {name: label for name, label in there.items() if label is not None}


def _not_a_customer_export(header: Header) -> ExportError:
    labels = {label.casefold() for label in header.labels}
    created = next((label for label in header.labels if label.casefold().startswith("created (")), None)
    has_id = bool(header.in_any_case(ID_LABEL))
    if created and has_id and _OF_A_PAYMENT not in labels:
        local = zone_of(created)
        setting = f", or write `dates: local` beside `export`, for times of {local}" if local else ""
        return ExportError(
            f"{header.source} has {created!r} in place of {CREATED_LABEL!r}; export it again with times in UTC"
            f"{setting}."
        )
    if "internal id" in labels:
        return ExportError(
            f"{header.source} is a NetSuite saved search, not a Stripe customer export; swap the two files, or name "
            "the right one."
        )
    if _OF_A_PAYMENT in labels:
        return ExportError(
            f"{header.source} is an export of payments, invoices or the like, which name a customer under "
            f"'Customer ID'; export the list of customers instead, in which it is {ID_LABEL!r}."
        )
    way = "".join(way_to_declare(header, field) for field in ("id", "created"))
    missing = header.missing([CREATED_LABEL if has_id else ID_LABEL], advice=way and f"Correct the labels{way}.")
    return ExportError(f"{header.source} is no Stripe customer export: {missing}")
