"""Two export files of which nothing is known: which is which, and what of each a declaration has to say."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pipelines.init.internal_id import labelled_id, no_internal_id
from pipelines.init.questions import Ask
from pipelines.init.stripe_file import StripeFile, known_columns, look_at_stripe
from resources.exports.column_contents import is_stripe_id
from resources.exports.files import export_files
from resources.exports.known_labels import fields_meant
from resources.exports.recognition import Recognized, Taken, recognize
from resources.exports.stripe_recognition import is_customer_list
from resources.exports.usual_labels import ID_LABEL
from resources.exports.whole_file import WholeFile, read_whole
from schemas.errors import ExportError
from schemas.system_words import letters_of

_OF_TRANSACTIONS: Final = frozenset(
    map(
        letters_of,
        (
            *("Document Number", "Transaction Number", "Invoice Number", "Tran ID", "Tranid", "Document No."),
            *("Belegnummer", "Rechnungsnummer", "Transaktionsnummer", "Numéro de document", "Numéro de facture"),
            *("N.º de documento", "Número de documento", "Número de factura", "Número da fatura", "Numero documento"),
            *("Documentnummer", "Factuurnummer", "ドキュメント番号", "伝票番号", "請求書番号", "文档编号", "发票号码"),
        ),
    )
)


@dataclass(frozen=True)
class Said:
    """What a person said beforehand: file paths, labels by field, encodings and dates where files leave them open."""

    stripe: str
    netsuite: str
    columns: Mapping[str, str] = field(default_factory=dict)
    encoding: str | None = None
    dates: str | None = None


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
    of_stripe = look_at_stripe(stripe, said.columns, said.dates, ask)
    recognized = recognize(netsuite.columns, known_columns(said.columns, netsuite), of_stripe.file.columns)
    _refuse_transactions(netsuite, recognized)
    recognized.notes += [*_doubled(netsuite, recognized), *of_stripe.notes]
    return TwoFiles(of_stripe, netsuite, _answered(recognized, netsuite, ask))


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


def _refuse_transactions(netsuite: WholeFile, recognized: Recognized) -> None:
    label = next((label for label in netsuite.labels if letters_of(label) in _OF_TRANSACTIONS), None)
    if label is not None and not {"stage", "inactive"} & recognized.labels.keys():
        raise ExportError(
            f"{netsuite.path} has a column {label!r}, as a list of transactions has: internal ids in it are those of "
            "invoices or payments. Export a saved search of customers; if this is one, take that column out of it."
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
