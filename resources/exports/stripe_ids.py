"""What is no id of a Stripe customer, though it stands under `id`: of an edited or joined file, or of other things.

Imported customers may have almost any id, so nothing is refused but what can be told by its form.
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

from resources.exports.file import ExportFile
from schemas.errors import ExportError
from schemas.no_value import NO_VALUE_LOWERED
from schemas.words import many

_USUAL: Final = "^cus_[0-9A-Za-z]+$"
_STRIPES: Final = "[0-9A-Za-z]{14}"
"""What is behind `cus_` in the ids that Stripe gives."""
_NEARLY: Final = "(?i)^cus[_.:-]"
_MIXED: Final = ("[0-9]", "[A-Z]", "[a-z]")
_LOOKED_AT: Final = 1_000
_MANY: Final = 3
_HALF: Final = 0.5
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
    "an id that was torn, doubled or rewritten on its way; correct it, or export it again": _ID.str.contains(
        rf"(?i)^cus\s|^cus[\s_-]+cus[\s_-]|^(?-i:C[Uu][Ss])_{_STRIPES}$"
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
                f"{export.header.as_written(columns['id'])!r}{others}, {why}."
            )


def doubts_of_ids(ids: pl.Series, label: str) -> tuple[str, ...]:
    """What is to be said of ids that somebody may have chosen, but that seem to be Stripe's own, rewritten.

    Args:
        ids: all that are left.
        label: of their column.
    """
    said = []
    odd = ids.filter(~ids.str.contains(_USUAL))
    is_mixed = pl.all_horizontal(_ID.str.contains(kind) for kind in _MIXED)
    is_near = _ID.str.contains(_NEARLY) | (_ID.str.contains(f"^{_STRIPES}$") & is_mixed)
    near = odd.to_frame("id").filter(is_near & ~_ID.str.starts_with("cus_"))
    if near.height:
        said.append(
            f"{many(near.height, 'id')} under {label!r} {'is' if near.height == 1 else 'are'} nearly one of Stripe's, "
            f"such as {near.item(0, 'id')!r}: if it was not chosen so when the customer was imported, it is nobody's; "
            "correct it, or export it again."
        )
    first = ids.head(_LOOKED_AT)
    own = first.filter(first.str.contains(rf"^cus_{_STRIPES}$"))
    lower = own.filter(~own.str.contains("[A-Z]") & own.str.contains("[a-z].*[a-z]"))
    if lower.len() >= _MANY and lower.len() > own.len() * _HALF:
        said.append(
            f"Most ids under {label!r} have no capital letter, such as {lower[0]!r}, and those of Stripe have some: "
            "if letter case was changed on their way, they are nobody's; export them again."
        )
    return tuple(said)
