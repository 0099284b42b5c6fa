"""Whether the customers of a Stripe export are of one account and one mode, as files of its data and of its API say.

The Dashboard's own export says neither. Customers of a test, or of another connected account, look like any others, and
were matched to records of those who pay.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from resources.exports.file import Declared, ExportFile
from schemas.errors import ExportError
from schemas.system_words import letters_of
from schemas.yes_no_words import NO_WORDS, YES_WORDS

_MODE: Final = "live mode"  # as no field is called, for the spaces
_ACCOUNT: Final = "account of"
_LABELS: Final = {
    _MODE: frozenset({"livemode", "islivemode", "mode", "environment"}),
    _ACCOUNT: frozenset({"account", "accountid", "merchantid", "stripeaccount", "stripeaccountid"})
    | frozenset({"connectedaccount", "connectedaccountid"}),
}
_LIVE: Final = ("live", "live mode", "production")
_TEST: Final = ("test", "test mode", "sandbox")
_IS_ACCOUNT: Final = r"^\s*(acct_[0-9A-Za-z]+)\s*$"
_ALL: Final = "export and declare each by itself"


def side_columns(labels: Sequence[str]) -> dict[str, str]:
    """Names for the columns that say of which account and mode customers are, and their labels, where they are."""
    letters = {label: letters_of(label) for label in labels}
    return {name: label for name, known in _LABELS.items() for label in labels if letters[label] in known}


def of_one_side(
    rows: pl.DataFrame, export: ExportFile, columns: Mapping[str, str], declared: Declared
) -> tuple[pl.DataFrame, Mapping[str, str]]:
    """The rows without these columns but with `livemode`, null where no column says; and `account` and `mode` of all.

    Args:
        rows: with `id`.
        export: the file.
        columns: our names → its labels.
        declared: what the declaration says of account and mode.

    Raises:
        ExportError: customers are of several accounts or modes, or not of those that are declared.
    """
    there = [name for name in _LABELS if name in columns]
    if not there:
        return rows.with_columns(livemode=pl.lit(None, pl.Boolean)), {}
    said = rows.with_columns(
        livemode=_is_live(pl.col(_MODE)) if _MODE in there else pl.lit(None, pl.Boolean),
        account=pl.col(_ACCOUNT).str.extract(_IS_ACCOUNT) if _ACCOUNT in there else pl.lit(None, pl.String),
    )
    modes, accounts = (
        said.unique(name, keep="first", maintain_order=True).drop_nulls(name) for name in ("livemode", "account")
    )
    if modes.height > 1:
        raise _several(export, columns[_MODE], "test mode and of live mode", modes, "export one mode")
    if declared.mode and not modes.filter(pl.col("livemode") != (declared.mode == "live")).is_empty():
        what = (
            f"{'test' if declared.mode == 'live' else 'live'} mode, and the declaration says `mode: {declared.mode}`,"
        )
        raise _several(export, columns[_MODE], what, modes, f"export those of {declared.mode} mode")
    if accounts.height > 1:
        raise _several(export, columns[_ACCOUNT], f"{accounts.height:,} accounts", accounts, _ALL)
    if declared.account and not accounts.filter(pl.col("account") != declared.account).is_empty():
        what = f"another account than {declared.account}, which the declaration names,"
        raise _several(export, columns[_ACCOUNT], what, accounts, _ALL)
    found = {"account": accounts.get_column("account"), "mode": modes.select(_mode_of("livemode")).to_series()}
    return said.drop("account", *there), {name: value[0] for name, value in found.items() if value.len()}


def doubts_of_mode(side: Mapping[str, str], columns: Mapping[str, str], declared: Declared) -> tuple[str, ...]:
    """What is to be said of a file of test mode, where nobody said that it is meant.

    Args:
        side: what `of_one_side` gives.
        columns: our names → the file's labels.
        declared: what the declaration says of account and mode.
    """
    if side.get("mode") != "test" or declared.mode:
        return ()
    said = (
        f"The customers are of test mode, as {columns[_MODE]!r} says: nobody of them pays. Export those of live mode, "
        "or, if test mode is meant, write `mode: test` beside `export`."
    )
    return (said,)


def refuse_several(source: str, found: Sequence[Mapping[str, object]]) -> None:
    """Refuse several files of which each has customers of one account and mode, but not of the same.

    Args:
        source: the files.
        found: of each file what `of_one_side` gives, among other things.

    Raises:
        ExportError: they differ.
    """
    for name in ("account", "mode"):
        values = sorted({str(each[name]) for each in found if name in each})
        if len(values) > 1:
            raise ExportError(
                f"{source}: one file has customers of the {name} {values[0]}, and another of {values[1]}; {_ALL}."
            )


def _mode_of(column: str) -> pl.Expr:
    return pl.when(column).then(pl.lit("live")).otherwise(pl.lit("test"))


def _is_live(column: pl.Expr) -> pl.Expr:
    word = column.str.strip_chars().str.to_lowercase()
    yes, no = ([each.lower() for each in words] for words in ((*YES_WORDS, *_LIVE), (*NO_WORDS, *_TEST)))
    return pl.when(word.is_in(yes)).then(statement=True).when(word.is_in(no)).then(statement=False)


def _several(export: ExportFile, label: str, what: str, first: pl.DataFrame, way_out: str) -> ExportError:
    ids = " and ".join(first.get_column("id").head(2))
    return ExportError(f"{export.source} has customers of {what} under {label!r}, such as {ids}; {way_out}.")
