"""What every row of a Stripe export has to have: an id, and a moment of creation within the months asked for."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import polars as pl

from resources.exports.dates import FIRST_CUSTOMER, why_open, zone_of
from resources.exports.file import ExportFile
from resources.exports.stripe_ids import refuse_other_ids
from resources.exports.totals import is_total
from resources.exports.usual_labels import ID_LABEL
from schemas.errors import ExportError
from schemas.words import and_more, many

_ROWS_LOOKED_AT: Final = 100


def checked(
    text: pl.DataFrame, export: ExportFile, columns: Mapping[str, str], since: datetime, until: datetime
) -> pl.DataFrame:
    """The rows, if each has an id, and a moment within the months asked for.

    Args:
        text: `id`, `created` as it is written, and the `moment` that it means, if one does.
        export: the file.
        columns: our names → its labels.
        since: no customer may be older.
        until: no customer may be as new.

    Raises:
        ExportError: some row has not; the sentence names the first, and says how many there are.
    """
    ids, created = text.get_column("id"), text.get_column("moment")
    nameless = (ids.is_null() | (ids == "")).arg_true()
    if nameless.len():
        line = export.line_of(columns, nameless[0])
        raise ExportError(
            f"{export.source} has {many(nameless.len(), 'row')} without an id, the first in line {line:,} (perhaps a "
            "totals row); export it again."
        )
    undated = created.is_null()
    if not undated.any():
        refuse_other_ids(text, export, columns)
    else:
        _refuse_foreign_row(export, columns, text, undated.arg_true())
        first = text.filter(undated).sort("id").item(0, "created") or ""
        label = columns["created"]
        shown = export.header.as_written(label)
        _refuse(
            text,
            undated,
            export,
            f"no date of the form 2026-01-31 09:30 under {shown!r}{why_open(first, zone_of(label) or 'UTC', until)}",
        )
    _refuse(
        text,
        created < FIRST_CUSTOMER,
        export,
        f"a date of creation before {FIRST_CUSTOMER.year}, when Stripe had no customers yet; export it again",
    )
    _refuse(
        text,
        created < since,
        export,
        f"a date of creation before {since:%Y-%m}; set `since` in the declaration to {_oldest(created)}",
    )
    _refuse(
        text,
        created >= until,
        export,
        "a date of creation in the future; check the export and this machine's clock",
    )
    return text


def _oldest(created: pl.Series) -> str:
    """The month to begin with, in words."""
    oldest: str = created.to_frame("created").select(pl.col("created").min().dt.strftime("%Y-%m")).item()
    return f"{oldest}, the month of the oldest customer in the file"


def _refuse_foreign_row(export: ExportFile, columns: Mapping[str, str], text: pl.DataFrame, undated: pl.Series) -> None:
    """A row without a date may be no customer: labels again, a total, or a remark below the list."""
    id_label = export.header.as_written(columns["id"])
    for row in undated.head(_ROWS_LOOKED_AT):
        value = text.item(row, "id").strip("\ufeff")
        if any(export.header.is_label(value, label) for label in (ID_LABEL, id_label)):
            raise ExportError(
                f"Line {export.line_of(columns, row):,} of {export.source} is a second line of labels: two "
                "exports were joined; export the whole list once, or take that line out."
            )
        if is_total(value):
            raise ExportError(
                f"Line {export.line_of(columns, row):,} of {export.source} is a totals row: it has {value!r} under "
                f"{id_label!r}; take the line out."
            )
        if not any(text.drop("id", "moment").row(row)) and not value.startswith("cus_"):
            raise ExportError(
                f"Line {export.line_of(columns, row):,} of {export.source} has nothing but a text under {id_label!r}, "
                "as a remark or a totals row has; take the line out."
            )


def _refuse(frame: pl.DataFrame, wrong: pl.Series, export: ExportFile, what: str) -> None:
    bad = frame.filter(wrong).get_column("id").sort()
    if bad.len():
        have = "have" if bad.len() > 1 else "has"
        raise ExportError(f"In {export.source}, {bad[0]}{and_more(bad.len() - 1)} {have} {what}.")
