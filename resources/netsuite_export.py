"""The NetSuite door that needs no credential: a saved search of customers, exported as CSV.

The export is UTF-8 without BOM and carries display texts, not internal values (Oracle NetSuite help, section_N576068).
Which label holds what is the account's own affair, so the declaration maps it; nothing here guesses.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import polars as pl

from resources.export_file import ExportFile, open_export
from resources.extracts import Extract, doubts_of_a_file, unique_by_id
from schemas.errors import ExportError

KNOWN_FIELDS: Final = ("stripe_id", "external_id", "comments", "email", "company_name", "phone", "stage")
"""Names that every frame has, mapped or not; `internal_id` and `inactive` besides."""

_YES: Final = ("yes", "true", "t", "y", "1")
_NO: Final = ("no", "false", "f", "n", "0", "")


def read_netsuite_export(path: Path, fields: Mapping[str, str]) -> Extract:
    """Read the customers of a saved-search export.

    Args:
        path: the file.
        fields: our name → the column's label in the saved search; `internal_id` is required.

    Raises:
        ExportError: the file cannot be used as it is; one sentence says why.
    """
    with open_export(path) as export:
        _check_labels(export, fields)
        text = export.scan(fields).collect(engine="streaming")
    frame = customers_from_text(text, str(path), fields)
    doubts = doubts_of_a_file(ends_with_newline=export.ends_with_newline)
    return Extract(unique_by_id(frame, "internal_id", str(path)), text.height, doubts=doubts)


def customers_from_text(text: pl.DataFrame, source: str, fields: Mapping[str, str]) -> pl.DataFrame:
    """Turn text under our names into `schemas.customers.NetsuiteCustomers`, custom columns last."""
    ids = text.get_column("internal_id").str.strip_chars()
    _check_ids(ids, source, fields["internal_id"])
    inactive = text.get_column("inactive") if "inactive" in fields else pl.repeat("", text.height, eager=True)
    stage = pl.col("stage").str.strip_chars().str.to_lowercase()
    custom = [name for name in fields if name not in (*KNOWN_FIELDS, "internal_id", "inactive")]
    return text.select(
        ids.cast(pl.Int64),
        (stage.eq_missing("customer") if "stage" in fields else pl.lit(True)).alias("is_customer"),
        _as_boolean(inactive, source, fields.get("inactive", "")).alias("inactive"),
        *(pl.col(name) if name in fields else pl.lit(None, pl.String).alias(name) for name in KNOWN_FIELDS),
        *custom,
    )


def _check_labels(export: ExportFile, fields: Mapping[str, str]) -> None:
    missing = [label for label in fields.values() if label.strip() not in export.labels]
    looks_like_stripe = {"id", "created (utc)"} <= {label.casefold() for label in export.labels}
    if missing and looks_like_stripe:
        raise ExportError(
            f"{export.source} is a Stripe customer export, not a NetSuite saved search; swap the two files."
        )
    if missing:
        raise ExportError(
            f"{export.source} has no column {', '.join(map(repr, missing))}, which netsuite_fields names; "
            f"its columns are: {', '.join(export.labels)}. Correct the labels in the declaration, or add the columns "
            "to the saved search."
        )


def _check_ids(ids: pl.Series, source: str, label: str) -> None:
    wrong = ~ids.str.contains(r"^[1-9][0-9]{0,17}$").fill_null(value=False)
    if not wrong.any():
        return
    row = wrong.arg_true()[0]
    value = ids[row]
    others = f" ({wrong.sum() - 1:,} other rows likewise)" if wrong.sum() > 1 else ""
    raise ExportError(f"Data row {row + 1:,} of {source} {_what_is_wrong(value)} under {label!r}{others}.")


def _what_is_wrong(value: str | None) -> str:
    if not value:
        return "has nothing (a totals row, or a search without internal ids: add the column, take out summaries)"
    if set(value) <= set("0123456789.,Ee+-") and {"e", "E"} & set(value):
        return f"has {value}, a number that a spreadsheet has rewritten (export it again, and do not save it in one),"
    if set(value) <= set("0123456789.,-+ "):
        return f"has {value}, which is not an internal id (a whole number without separators or leading zeros)"
    return f"has a text of {len(value)} characters that is no internal id (map internal_id to the column with numbers)"


def _as_boolean(values: pl.Series, source: str, label: str) -> pl.Series:
    text = values.fill_null("").str.strip_chars().str.to_lowercase()
    unknown = ~text.is_in([*_YES, *_NO])
    if unknown.any():
        raise ExportError(
            f"Data row {unknown.arg_true()[0] + 1:,} of {source} has something else than Yes or No under {label!r}; "
            "map inactive to NetSuite's own Inactive column."
        )
    return text.is_in(list(_YES))
