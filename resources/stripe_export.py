"""The Stripe door that needs no credential: the customer export of the Dashboard.

Columns are found by name, because the Dashboard's default set varies by account and over time. Stripe's page on this
export does not list them; the names here were seen in published exports of 2019 to 2026.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import polars as pl

from resources.export_file import ExportFile, open_export
from resources.extracts import Extract, Source, doubts_of_a_file, unique_by_id
from schemas.errors import ExportError
from schemas.rules import EXPORT_PATHS, STRIPE_PATHS

ID_LABEL: Final = "id"
CREATED_LABEL: Final = "Created (UTC)"
_LABELS: Final = {"email": "Email", "name": "Name", "description": "Description", "phone": "Phone"}
_IF_DOUBLED: Final = "choose Custom columns when you export, and take one of them out"
_VISIBLE_ID: Final = pl.col("id").str.replace_all(r"\p{Cf}", "").str.strip_chars()
"""An id without white space and invisible characters, which come along when an id is copied; none is part of one."""
_CREATED_FORMATS: Final = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ")


def read_stripe_export(
    path: Path,
    *,
    since: datetime,
    until: datetime,
    metadata_keys: Sequence[str],
    required: Iterable[str] = (),
    further: Sequence[str] = (),
) -> Extract:
    """Read the customers of a Dashboard export.

    Args:
        path: the file; `created` in it is UTC, to the minute.
        since: no customer may be older (UTC, inclusive).
        until: no customer may be as new (UTC, exclusive).
        metadata_keys: the keys that become `metadata.<key>` columns; one that no customer has is a column of nulls,
            since the Dashboard adds a column only for keys that are in use.
        required: names of columns (`email`, `metadata.<key>`, …) that a rule needs, so that they must be in the file.
        further: fields that become columns of that name: a path of `schemas.rules`, or the label of a column.

    Raises:
        ExportError: the file cannot be used as it is; one sentence says why.
    """
    with open_export(path, _IF_DOUBLED) as export:
        columns = _columns(export, metadata_keys, set(required)) | _further_columns(export, further)
        text = export.scan(columns).collect(engine="streaming")
    wanted = {"id": None, "created": None, **_LABELS, **{f"metadata.{key}": None for key in metadata_keys}}
    frame = text.with_columns(pl.lit(None, pl.String).alias(name) for name in wanted if name not in columns)
    frame = _typed(frame.with_columns(_VISIBLE_ID), path, since, until)
    customers = unique_by_id(
        frame.select("id", "created", *_LABELS, "livemode", pl.col(r"^metadata\..+$"), *further),
        "id",
        Source(str(path), "the file was edited, or two exports were joined; export it again"),
    )
    doubts = doubts_of_a_file(ends_with_newline=export.ends_with_newline)
    return Extract(customers, text.height, doubts=doubts)


def _columns(export: ExportFile, metadata_keys: Sequence[str], required: set[str]) -> dict[str, str]:
    """Our names, and the labels of the columns that are there.

    Stripe's own labels vary in case; a metadata key does not: two that differ in case are two keys.
    """
    own = {"id": ID_LABEL, "created": CREATED_LABEL, **_LABELS}
    wanted = own | {f"metadata.{key}": f"{key} (metadata)" for key in metadata_keys}
    there = {name: _label_in_any_case(export, label) for name, label in own.items()}
    there |= {name: label if label in export.labels else None for name, label in wanted.items() if name not in own}
    if there["id"] is None or there["created"] is None:
        raise _not_a_customer_export(export)
    missing = sorted(name for name in required if name in wanted and there[name] is None)
    if missing:
        raise ExportError(
            f"{export.source} has no column {wanted[missing[0]]!r}, which a rule needs; its columns are: "
            f"{', '.join(export.labels)}. Add it to the export, or take the rule out."
        )
    return {name: label for name, label in there.items() if label is not None}


def _further_columns(export: ExportFile, further: Iterable[str]) -> dict[str, str]:
    """The label of the column of each further field; all are there, because a rule needs them."""
    found = {name: _further_label(export, name) for name in further}
    missing = [name for name, label in found.items() if label is None]
    if missing:
        labels = (STRIPE_PATHS | EXPORT_PATHS).get(missing[0], (missing[0],))
        raise ExportError(
            f"{export.source} has no column {' or '.join(map(repr, labels))}, which a rule needs; its columns are: "
            f"{', '.join(export.labels)}. Add it to the export, or take the rule out."
        )
    return {name: label for name, label in found.items() if label is not None}


def _further_label(export: ExportFile, name: str) -> str | None:
    if name in export.labels:
        return name
    known = (_label_in_any_case(export, label) for label in (STRIPE_PATHS | EXPORT_PATHS).get(name, (name,)))
    return next((label for label in known if label), None)


def _label_in_any_case(export: ExportFile, label: str) -> str | None:
    found = [other for other in export.labels if other.casefold() == label.casefold()]
    if len(set(found)) > 1:
        shown = " and ".join(map(repr, found))
        raise ExportError(f"{export.source} has {shown}, each of which is {label!r}; {export.if_doubled}.")
    return found[0] if found else None


def _not_a_customer_export(export: ExportFile) -> ExportError:
    shown = ", ".join(export.labels)
    created = next((label for label in export.labels if label.casefold().startswith("created (")), None)
    if created:
        return ExportError(
            f"{export.source} has {created!r} in place of {CREATED_LABEL!r}; export it again with times in UTC."
        )
    if "internal id" in map(str.casefold, export.labels):
        return ExportError(
            f"{export.source} is a NetSuite saved search, not a Stripe customer export; swap the two files."
        )
    missing = ID_LABEL if ID_LABEL not in map(str.casefold, export.labels) else CREATED_LABEL
    return ExportError(
        f"{export.source} is no Stripe customer export: it has no column {missing!r}; its columns are: {shown}."
    )


def _typed(frame: pl.DataFrame, path: Path, since: datetime, until: datetime) -> pl.DataFrame:
    typed = frame.with_columns(_created(frame.get_column("created")), pl.lit(None, pl.Boolean).alias("livemode"))
    nameless = typed.filter(pl.col("id").is_null() | (pl.col("id") == "")).height
    if nameless:
        raise ExportError(f"{path} has {nameless:,} rows without an id; export it again.")
    _refuse(
        typed,
        pl.col("created").is_null(),
        path,
        f"no date of the form 2026-01-31 09:30 under {CREATED_LABEL!r}; export it again",
    )
    _refuse(
        typed,
        pl.col("created") < since,
        path,
        f"a date of creation before {since:%Y-%m}; set `since` in the declaration to an earlier month",
    )
    _refuse(
        typed,
        pl.col("created") >= until,
        path,
        "a date of creation in the future; check the export and this machine's clock",
    )
    return typed


def _created(text: pl.Series) -> pl.Series:
    """The dates, null where they have none of the forms; mostly all of them have the first."""
    found = pl.Series("created", [], pl.Datetime("us")).extend_constant(None, text.len())
    for form in _CREATED_FORMATS:
        if found.null_count() == 0:
            break
        found = found.fill_null(text.str.strptime(pl.Datetime("us"), form, strict=False))
    return found.dt.replace_time_zone("UTC")


def _refuse(frame: pl.DataFrame, wrong: pl.Expr, path: Path, what: str) -> None:
    bad = frame.filter(wrong).get_column("id").sort()
    if bad.len():
        others = f" and {bad.len() - 1:,} others have" if bad.len() > 1 else " has"
        raise ExportError(f"In {path}, {bad[0]}{others} {what}.")
