"""Two export files of which nothing is known: which is which, and what of each a declaration has to say."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import polars as pl

from pipelines.init.internal_id import labelled_id, no_internal_id
from pipelines.init.questions import Ask
from resources.exports.column_contents import is_stripe_id
from resources.exports.dates import read_dates, zone_of
from resources.exports.file import Declared
from resources.exports.files import export_files
from resources.exports.known_labels import fields_meant
from resources.exports.recognition import Recognized, Taken, recognize
from resources.exports.stripe import check_stripe_export
from resources.exports.stripe_recognition import is_customer_list, names_others, recognize_stripe
from resources.exports.usual_labels import CREATED_LABEL, ID_LABEL, USUAL_LABELS, usual_label
from resources.exports.whole_file import WholeFile, read_whole
from schemas.errors import ExportError

_ORDERS: Final = ("day_first", "month_first", "year_first")


@dataclass(frozen=True)
class Said:
    """What a person said beforehand: file paths, labels by field, encodings and dates where files leave them open."""

    stripe: str
    netsuite: str
    columns: Mapping[str, str] = field(default_factory=dict)
    encoding: str | None = None
    dates: str | None = None


@dataclass(frozen=True)
class StripeFile:
    """The Stripe export, and the month of its oldest customer; `dates` where they leave their order open.

    `file` has the Dashboard's labels; `renamed` are the columns that have others in it.
    """

    file: WholeFile
    since: str
    dates: str | None
    renamed: Sequence[Taken] = ()

    def has(self, label: str) -> bool:
        """Whether a column has this label, in any case, and some value."""
        return any(
            other.casefold() == label.casefold() and self.file.columns.get_column(other).count()
            for other in self.file.columns.columns
        )


@dataclass(frozen=True)
class TwoFiles:
    """What was found in both."""

    stripe: StripeFile
    netsuite: WholeFile
    recognized: Recognized


def look_at_both(said: Said, root: Path, ask: Ask) -> TwoFiles:
    """Read both files whole, and say what is what.

    Raises:
        ExportError: one of them cannot be used, or they are swapped or the same; one sentence says why.
    """
    stripe_path, netsuite_path = (export_files(root, [name])[0] for name in (said.stripe, said.netsuite))
    _refuse_same(stripe_path, netsuite_path)
    stripe, netsuite = read_whole(stripe_path, said.encoding), read_whole(netsuite_path, said.encoding)
    for file in (stripe, netsuite):
        _refuse_results(file)
    _refuse_swapped(said, stripe, netsuite)
    renamed = recognize_stripe(stripe.columns)
    stripe = _as_usual(stripe, renamed)
    if names_others(stripe.columns):
        raise ExportError(
            f"{stripe_path} is an export of payments, invoices or the like, which name a customer beside; export the "
            "list of customers instead."
        )
    check_stripe_export(stripe_path, metadata_keys=(), declared=_declared(stripe, renamed))
    recognized = recognize(netsuite.columns, _known(said.columns, netsuite), stripe.columns)
    recognized.notes += [*_doubled(netsuite, recognized), *_unknown(stripe, renamed)]
    dated = replace(_dated(stripe, said, ask), renamed=renamed)
    return TwoFiles(dated, netsuite, _answered(recognized, netsuite, ask))


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
            f"No column of {stripe.path.name} is known to be {' or '.join(missing)}; if one of these is, write it "
            f"under labels of stripe: {shown}."
        )


def _declared(stripe: WholeFile, renamed: Sequence[Taken]) -> Declared:
    labels = {taken.field: taken.label for taken in renamed}
    return Declared(stripe.encoding.name, "local" if _zone(_label_of_dates(stripe)) else None, labels)


def _refuse_same(stripe: Path, netsuite: Path) -> None:
    if not (stripe.is_file() and netsuite.is_file()):
        return
    if stripe.samefile(netsuite) or (
        stripe.stat().st_size == netsuite.stat().st_size and stripe.read_bytes() == netsuite.read_bytes() != b""
    ):
        raise ExportError(
            f"{stripe} and {netsuite} are the same file; name the customer export of Stripe as STRIPE, and the saved "
            "search of NetSuite as NETSUITE."
        )


def _refuse_results(file: WholeFile) -> None:
    if {"stripe_customer_id", "reason"} <= set(file.labels):
        raise ExportError(
            f"{file.path} is a result of Tieout, not an export; name the customer export of Stripe as STRIPE, and the "
            "saved search of NetSuite as NETSUITE (what people decided in a review: make decide FILE=)."
        )


def _refuse_swapped(said: Said, stripe: WholeFile, netsuite: WholeFile) -> None:
    if _is_of_stripe(netsuite):
        if _is_of_stripe(stripe):
            raise ExportError(
                f"{stripe.path} and {netsuite.path} are both Stripe customer exports; name the saved search of "
                "NetSuite as NETSUITE."
            )
        raise ExportError(
            f"{netsuite.path} is a Stripe customer export, not a NetSuite saved search; swap the two files: "
            f"STRIPE={said.netsuite} NETSUITE={said.stripe}."
        )


def _is_of_stripe(file: WholeFile) -> bool:
    ids = next((label for label in file.columns.columns if label.casefold() == ID_LABEL), None)
    has_ids = ids is not None and is_stripe_id(file.columns.get_column(ids))
    has_moments = any(label.casefold().startswith("created (") for label in file.labels)
    return (ids is not None and (has_ids or has_moments)) or is_customer_list(file.columns)


def _label_of_dates(stripe: WholeFile) -> str:
    usual = next((label for label in stripe.labels if label.casefold() == CREATED_LABEL.casefold()), None)
    return usual or next((label for label in stripe.labels if zone_of(label)), CREATED_LABEL)


def _zone(label: str) -> str | None:
    """The time zone of dates that are not in UTC."""
    return None if label.casefold() == CREATED_LABEL.casefold() else zone_of(label)


def _known(columns: Mapping[str, str], netsuite: WholeFile) -> Mapping[str, str]:
    for name, label in columns.items():
        if label not in netsuite.columns.columns:
            raise ExportError(
                f"{netsuite.path} has no column {label!r} of that label alone, which COLUMNS names for {name}; its "
                f"columns are: {', '.join(netsuite.labels)}."
            )
    return columns


def _doubled(netsuite: WholeFile, recognized: Recognized) -> Iterator[str]:
    """Columns of one label cannot be told apart: a sentence on each that was wanted.

    Raises:
        ExportError: the internal id is among them.
    """
    for label in dict.fromkeys(netsuite.labels):
        count, fields = netsuite.labels.count(label), fields_meant(label)
        if count > 1 and "internal_id" in fields:
            raise ExportError(
                f"{netsuite.path} has {count} columns labelled {label!r}; give each its own label in the saved search, "
                "and export again."
            )
        missed = [field for field in fields if field not in recognized.labels]
        if count > 1 and missed:
            yield (
                f"{count} columns are labelled {label!r}, so that none was taken for {' or '.join(missed)}; give each "
                "its own label in the saved search, and export again."
            )


def _answered(recognized: Recognized, netsuite: WholeFile, ask: Ask) -> Recognized:
    """Let a person say what is open; without the internal id nothing can be declared."""
    still = []
    for each in recognized.open:
        found = labelled_id(recognized, netsuite) if each.field == "internal_id" and not each.labels else None
        if found:
            recognized.taken.append(found)
            continue
        label = ask(f"Which column of {netsuite.path.name} is {each.field} ({each.why})?", each.labels)
        if label:
            recognized.taken.append(Taken(each.field, label, "you said so"))
        elif each.field == "internal_id":
            raise no_internal_id(each, netsuite)
        else:
            still.append(each)
    recognized.open[:] = still
    recognized.taken.sort(key=lambda taken: taken.field != "internal_id")
    return recognized


def _dated(stripe: WholeFile, said: Said, ask: Ask) -> StripeFile:
    """Find the month of the oldest customer, and in which way the dates are to be read."""
    label = _label_of_dates(stripe)
    text, zone = stripe.columns.get_column(label), _zone(label)
    until, dates = _next_month(), said.dates or ("local" if zone else None)
    moments = read_dates(text, until, dates, zone or "UTC")  # type: ignore[arg-type]
    if moments.null_count() and not dates:
        unread = text.filter(moments.is_null()).drop_nulls()
        possible = [form for form in (*_ORDERS, "epoch") if not read_dates(unread, until, form).null_count()]
        dates = possible[0] if len(possible) == 1 else _asked_order(stripe, unread, possible, ask)
        moments = read_dates(text, until, dates, zone or "UTC")  # type: ignore[arg-type]
    oldest = moments.min()
    return StripeFile(stripe, f"{oldest:%Y-%m}" if isinstance(oldest, datetime) else "2011-01", dates)


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
