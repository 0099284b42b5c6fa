"""The NetSuite reader that needs no credential: a saved search of customers, exported as CSV.

The export is UTF-8 without BOM and carries display texts, not internal values (Oracle NetSuite help, section_N576068).
Which label holds what is the account's own affair, so the declaration maps it; nothing here guesses.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import polars as pl

from resources.exports.file import ExportFile, check_header, open_export
from resources.exports.header import Header
from resources.exports.known_labels import fields_meant
from resources.exports.other_records import refuse_other_records
from resources.exports.sheet_cells import check_computed
from resources.exports.totals import is_total
from resources.exports.unmapped import said_there, unmapped_columns
from resources.extracts.extract import Extract, warnings_of_a_file
from resources.extracts.netsuite_rows import (
    customers_from_text,
    customers_on_disk,
    empty_marks_removed,
    without_empty_marks,
)
from resources.extracts.on_disk import Disk, OnDisk
from resources.extracts.unique import RowSource
from schemas.errors import ExportError
from schemas.invisible import without_invisible
from schemas.no_value import NO_VALUE_LOWERED
from schemas.system_words import BUILT_IN, SystemWords, letters_of
from schemas.words import many

_EACH_ALONE: Final = "export the whole list once, or take that line out"
_NUMBER: Final = re.compile(r"[\d\W_]{0,9}\d[\d\W_]{0,20}")
_CUSTOMER_NUMBERS: Final = frozenset(
    map(
        letters_of,
        (
            *("ID", "Customer ID", "Customer Number", "Customer No.", "Entity ID", "Entity Number", "Account Number"),
            *("Account No.", "Number", "Kundennummer", "Kunden-Nr.", "Kundennr.", "Numéro de client", "N° client"),
            *("Número de cliente", "N.º de cliente", "Codice cliente", "Numero cliente", "Klantnummer", "Kundnummer"),
            *("顧客番号", "顧客コード", "客户编号", "客户代码", "고객 번호"),
        ),
    )
)
_IF_DIFFERING: Final = "the file was edited, or a join in the saved search multiplies rows; export one row per customer"


def read_netsuite_export(
    path: Path,
    fields: Mapping[str, str],
    words: SystemWords = BUILT_IN,
    encoding: str | None = None,
    disk: Disk | None = None,
) -> Extract:
    """Read the customers of a saved-search export.

    Args:
        path: the file.
        fields: our name → the column's label in the saved search; `internal_id` is required.
        words: what the words of stages and checkboxes mean.
        encoding: the one that the declaration names.
        disk: where the rows are to be if they are too many; none, if they are to be in memory.

    Raises:
        ExportError: the file cannot be used as it is; one sentence says why.
    """
    source = RowSource(str(path), _IF_DIFFERING)
    with open_export(
        path, fields["internal_id"], check=partial(_check_labels, fields=fields), encoding=encoding
    ) as export:
        check_computed(export.source)
        refuse_other_records(export, fields)
        warnings = warnings_of_a_file(ends_with_newline=export.ends_with_newline, lost=export.lost, rows=export.rows)
        warnings += tuple(_warning_of_numbers(export, fields["internal_id"]))
        warnings += tuple(said_there(export, unmapped_columns(export.header, fields), words))
        if disk and (text := export.read_to(disk, fields)):
            text = _typed_on_disk(text, export, fields)
            rows = customers_on_disk(text, disk, fields, source, words)
        else:  # nobody keeps the text here, which is as much in memory as the rows that are made of it
            rows = customers_from_text(_text_of(export, fields), fields, source, words)
    return Extract(rows.frame, rows.read, warnings=warnings, unknown_words=rows.unknown, on_disk=rows.on_disk)


def _typed_on_disk(text: OnDisk, export: ExportFile, fields: Mapping[str, str]) -> OnDisk:
    """As `_text_of`; the ids alone are looked at in memory."""
    as_numbers(text.rows.select("internal_id").collect().to_series(), export, fields)
    numbers = without_invisible(pl.col("internal_id")).str.strip_chars().cast(pl.Int64)
    return replace(text, rows=empty_marks_removed(text.rows.with_columns(numbers)))


def _text_of(export: ExportFile, fields: Mapping[str, str]) -> pl.DataFrame:
    text = export.read(fields)
    return without_empty_marks(text.with_columns(as_numbers(text.get_column("internal_id"), export, fields)))


def check_netsuite_export(path: Path, fields: Mapping[str, str], encoding: str | None = None) -> None:
    """Look at the labels of a saved-search export, and no further; all else as for `read_netsuite_export`."""

    def check(header: Header) -> None:
        _check_labels(header, fields)
        for label in fields.values():
            header.position(label)

    check_header(path, fields["internal_id"], check, encoding=encoding)


def _check_labels(header: Header, fields: Mapping[str, str]) -> None:
    missing = [label for label in fields.values() if not header.found(label)]
    looks_like_stripe = {"id", "created (utc)"} <= {label.casefold() for label in header.labels}
    if missing and looks_like_stripe:
        raise ExportError(
            f"{header.source} is a Stripe customer export, not a NetSuite saved search; swap the two files, or name "
            "the right one."
        )
    if missing:
        advice = "Correct the labels in the declaration, or add the columns to the saved search."
        raise header.missing(missing, ", which netsuite_fields names", advice)
    _refuse_other_ids(header, fields)


def _refuse_other_ids(header: Header, fields: Mapping[str, str]) -> None:
    """Refuse other numbers in place of the internal ids, such as those of customers, where both are there."""
    label = fields["internal_id"]
    better = [other for other in header.labels if "internal_id" in fields_meant(other) and other not in fields.values()]
    if better and "internal_id" not in fields_meant(label):
        raise ExportError(
            f"{header.source} has a column {better[0]!r}, and netsuite_fields maps internal_id to {label!r}, by which "
            f"other records would be written: map internal_id to {better[0]!r}, or take that column out of the search."
        )


def _warning_of_numbers(export: ExportFile, label: str) -> Iterator[str]:
    """Warn where the internal id seems to be a customer's own number; a SuiteQL column `id` is the internal id."""
    if letters_of(label) in _CUSTOMER_NUMBERS and label != "id":
        yield (
            f"{export.source}: internal_id is mapped to {label!r}, as saved searches call a customer's own number; if "
            "that stands there, links would name other records: add the column Internal ID to the search, and map it."
        )


def as_numbers(text: pl.Series, export: ExportFile, fields: Mapping[str, str]) -> pl.Series:
    """Read the column of internal ids. Raises ExportError for what is none, with its line."""
    ids = text.to_frame("id").select(without_invisible(pl.col("id")).str.strip_chars()).to_series().rename(text.name)
    wrong = ~ids.str.contains(r"^[1-9][0-9]{0,17}$").fill_null(value=False)
    if not wrong.any():
        return ids.cast(pl.Int64)
    row = wrong.arg_true()[0]
    label = fields["internal_id"]
    line = f"Line {export.line_of(fields, row):,} of {export.source}"
    value = ids[row] or ""
    if export.header.is_label(value, label):
        raise ExportError(f"{line} is a second line of labels: two exports were joined; {_EACH_ALONE}.")
    others = f" ({wrong.sum() - 1:,} other rows likewise)" if wrong.sum() > 1 else ""
    is_below = wrong.sum() == 1 and row > 0 and row == ids.len() - 1
    raise ExportError(f"{line} {_what_is_wrong(value, is_below=is_below)} under {label!r}{others}.")


def _what_is_wrong(value: str, *, is_below: bool) -> str:
    """What stands there in place of an id; `is_below` says whether it stands in the last row alone."""
    if not value or value.lower() in NO_VALUE_LOWERED:
        return "has nothing (a totals row, or a search without internal ids: add the column, take out summaries)"
    if is_total(value):
        return f"is a totals row (take the line or the summary of the search out): it has {value!r}"
    if set(value) <= set("0123456789.,Ee+-") and {"e", "E"} & set(value):
        return f"has {value}, a number that a spreadsheet has rewritten (export it again, and do not save it in one),"
    if _NUMBER.fullmatch(value):
        return f"has {value}, which is not an internal id (a whole number without separators or leading zeros),"
    below = "in the last row alone: a remark below the list? Take the line out"
    why = below if is_below else "map internal_id to the column with numbers"
    return f"has a text of {many(len(value), 'character')} that is no internal id ({why})"
