"""What is no id of a Stripe customer, though it stands under `id`: of an edited or joined file, or of other things.

Imported customers may have almost any id, so nothing is refused but what can be told by its form.
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

from resources.exports.file import ExportFile
from schemas.errors import ExportError
from schemas.no_value import NO_VALUE_LOWERED

_USUAL: Final = "^cus_[0-9A-Za-z]+$"
_OF_OTHER_THINGS: Final = (
    r"^(?:(?:sub|acct|evt|seti|txn|prod|price)_[0-9A-Za-z]+"
    r"|(?:ch|py|pi|pm|card|src|tok|cs|in|ii|po|re|tr|du|dp|cn|si|ba)_[0-9A-Za-z_]{14,})$"
)
_LOOKS_LIKE_ONE: Final = r"^[c\x{441}\x{FF43}][u\x{FF55}][s\x{455}\x{FF53}][_\x{FF3F}]"
_ID: Final = pl.col("id")
_WRONG: Final[Mapping[str, pl.Expr]] = {
    "which stands for nothing; export it again": _ID.str.to_lowercase().is_in(NO_VALUE_LOWERED),
    "a number that a spreadsheet has rewritten; export it again, and do not save it in one": _ID.str.contains(
        r"^\d+(?:[.,]\d+)?E\+\d+$"
    ),
    "an address; write the id alone, or export it again": _ID.str.contains(r"^(?i:https?://)|/cus_"),
    "more than one id, or an id with other text; correct it, or export it again": _ID.str.contains(
        r"""(?i)cus_.*[\s,;|"'<>()\[\]{}]|[\s,;|"'<>()\[\]{}].*cus_"""
    ),
    "which has letters that only look like those of an id; export it again": (
        _ID.str.contains(_LOOKS_LIKE_ONE) & (_ID.str.len_bytes() != _ID.str.len_chars())
    ),
    "the id of a subscription, a charge or the like; export the list of customers instead": _ID.str.contains(
        _OF_OTHER_THINGS
    ),
}


def refuse_other_ids(text: pl.DataFrame, export: ExportFile, columns: Mapping[str, str]) -> None:
    """Refuse rows whose `id` is none.

    Args:
        text: `id`, without white space and invisible characters.
        export: the file.
        columns: our names → its labels.

    Raises:
        ExportError: some `id` is none; the sentence names the first line.
    """
    odd = text.select("id").with_row_index("row").filter(~_ID.str.contains(_USUAL))
    for why, is_wrong in _WRONG.items():
        rows = odd.filter(is_wrong).get_column("row")
        if rows.len():
            others = f" ({rows.len() - 1:,} other rows likewise)" if rows.len() > 1 else ""
            raise ExportError(
                f"Line {export.line_of(columns, rows[0]):,} of {export.source} has {text.item(rows[0], 'id')!r} under "
                f"{columns['id']!r}{others}, {why}."
            )
