"""Stripe's export, of which nothing is known yet: its labels, and how its dates are to be read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

import polars as pl

from pipelines.init.questions import Ask
from resources.exports.dates import read_dates, zone_of
from resources.exports.file import Declared
from resources.exports.recognition import Taken
from resources.exports.stripe import check_stripe_export
from resources.exports.stripe_recognition import names_others, recognize_stripe
from resources.exports.usual_labels import CREATED_LABEL, USUAL_LABELS, usual_label
from resources.exports.whole_file import WholeFile
from schemas.errors import ExportError

OF_STRIPE: Final = "stripe."
"""Before the name of a field of Stripe's file, where a person says which column it is."""

_ORDERS: Final = ("day_first", "month_first", "year_first")


@dataclass(frozen=True)
class StripeFile:
    """The Stripe export, and the month of its oldest customer; `dates` where they leave their order open.

    `file` has the Dashboard's labels; `renamed` are the columns that have others in it, `notes` sentences on them.
    """

    file: WholeFile
    since: str
    dates: str | None
    renamed: Sequence[Taken]
    notes: Sequence[str]

    def has(self, label: str) -> bool:
        """Whether a column has this label, in any case, and some value."""
        return any(
            other.casefold() == label.casefold() and self.file.columns.get_column(other).count()
            for other in self.file.columns.columns
        )


def look_at_stripe(found: WholeFile, columns: Mapping[str, str], dates: str | None, ask: Ask) -> StripeFile:
    """Say what is what in Stripe's export.

    Args:
        found: the file as it is.
        columns: field → label, as a person says; those of Stripe's file begin with `OF_STRIPE`.
        dates: how a person says that dates are to be read.
        ask: asks a person.

    Raises:
        ExportError: it is no customer export, or cannot be used; one sentence says why.
    """
    renamed = recognize_stripe(found.columns, known_columns(columns, found, OF_STRIPE))
    stripe = _as_usual(found, renamed)
    if names_others(stripe.columns):
        raise ExportError(
            f"{stripe.path} is an export of payments, invoices or the like, which name a customer beside; export the "
            "list of customers instead."
        )
    check_stripe_export(stripe.path, metadata_keys=(), declared=_declared(stripe, renamed))
    since, order = _dated(stripe, dates, ask)
    return StripeFile(stripe, since, order, renamed, tuple(_unknown(stripe, renamed)))


def known_columns(columns: Mapping[str, str], file: WholeFile, side: str = "") -> Mapping[str, str]:
    """The labels of one side's file that a person has named, by field.

    Args:
        columns: field → label, those of Stripe's file with `OF_STRIPE` before the field.
        file: the one that has to have them.
        side: `OF_STRIPE`, or nothing for NetSuite's.

    Raises:
        ExportError: the file has no such column, or several.
    """
    said = {
        name.removeprefix(side): label for name, label in columns.items() if name.startswith(OF_STRIPE) == bool(side)
    }
    for name, label in said.items():
        if label not in file.columns.columns:
            raise ExportError(
                f"{file.path} has no column {label!r} of that label alone, which COLUMNS names for {side}{name}; its "
                f"columns are: {', '.join(file.labels)}."
            )
    return said


def _as_usual(stripe: WholeFile, renamed: Sequence[Taken]) -> WholeFile:
    """The file as if it had the Dashboard's labels."""
    usual = {taken.label: usual_label(taken.field, taken.label) for taken in renamed}
    labels = tuple(usual.get(label, label) for label in stripe.labels)
    return replace(stripe, labels=labels, columns=stripe.columns.rename(usual))


def _unknown(stripe: WholeFile, renamed: Sequence[Taken]) -> Iterator[str]:
    there = {label.casefold() for label in stripe.columns.columns}
    missing = [name for name in ("email", "name") if name not in there]
    if renamed and missing:
        shown = ", ".join(label for label in stripe.labels if label.casefold() not in USUAL_LABELS)
        yield (
            f"No column of {stripe.path.name} is known to be {' or '.join(missing)}; if one of these is, say so as "
            f"COLUMNS='{OF_STRIPE}{missing[0]}=…': {shown}."
        )


def _declared(stripe: WholeFile, renamed: Sequence[Taken]) -> Declared:
    labels = {taken.field: taken.label for taken in renamed}
    return Declared(stripe.encoding.name, "local" if _zone(_label_of_dates(stripe)) else None, labels)


def _label_of_dates(stripe: WholeFile) -> str:
    usual = next((label for label in stripe.labels if label.casefold() == CREATED_LABEL.casefold()), None)
    return usual or next((label for label in stripe.labels if zone_of(label)), CREATED_LABEL)


def _zone(label: str) -> str | None:
    """The time zone of dates that are not in UTC."""
    return None if label.casefold() == CREATED_LABEL.casefold() else zone_of(label)


def _dated(stripe: WholeFile, said: str | None, ask: Ask) -> tuple[str, str | None]:
    """Find the month of the oldest customer, and in which way the dates are to be read."""
    label = _label_of_dates(stripe)
    text, zone = stripe.columns.get_column(label), _zone(label)
    until, dates = _next_month(), said or ("local" if zone else None)
    moments = read_dates(text, until, dates, zone or "UTC")  # type: ignore[arg-type]
    if moments.null_count() and not dates:
        unread = text.filter(moments.is_null()).drop_nulls()
        possible = [form for form in (*_ORDERS, "epoch") if not read_dates(unread, until, form).null_count()]
        dates = possible[0] if len(possible) == 1 else _asked_order(stripe, unread, possible, ask)
        moments = read_dates(text, until, dates, zone or "UTC")  # type: ignore[arg-type]
    oldest = moments.min()
    return f"{oldest:%Y-%m}" if isinstance(oldest, datetime) else "2011-01", dates


def _asked_order(stripe: WholeFile, unread: pl.Series, possible: Sequence[str], ask: Ask) -> str | None:
    """Dates that are read in several ways, or in none: the reader has the sentence for these."""
    if not possible or unread.is_empty():
        return None
    answer = ask(f"How are dates such as {unread[0]} in {stripe.path.name} to be read?", possible)
    if answer is None:
        ways = " or ".join(possible)
        raise ExportError(
            f"{stripe.path} has dates such as {unread[0]}, in which day and month can be told in two ways ({ways}); "
            f"name the right one: DATES={possible[0]}."
        )
    return answer


def _next_month() -> datetime:
    now = datetime.now(UTC)  # noqa: TID251 (there is no Reconciliation yet)
    return now.replace(year=now.year + now.month // 12, month=now.month % 12 + 1, day=1, hour=0, minute=0, second=0)
