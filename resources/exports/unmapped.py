"""Columns of a saved search that are mapped to nothing, and say that a record is not what it passes for.

Without `stage` every row counts as a customer, without `inactive` every record as active, and without `stripe_id` a
link that is there is not seen. That may be meant; where such a column stands in the file, it is said.
"""

from collections.abc import Iterator, Mapping
from typing import Final

import polars as pl

from resources.exports.file import ExportFile
from resources.exports.header import Header
from resources.exports.known_labels import fields_meant
from schemas.system_words import SystemWords, folded, letters_of

_STAGE: Final = frozenset(
    {"type", "recordtype", "entitytype", "typ", "tipo", "status", "entitystatus", "customerstatus"}
)
"""Further labels of columns that may tell what a record is."""

_OTHER_RECORDS: Final = frozenset(
    map(
        folded,
        (
            *("Vendor", "Contact", "Employee", "Partner", "Other Name", "Job", "Project", "Group", "Competitor"),
            *("Invoice", "Sales Order", "Cash Sale", "Credit Memo", "Customer Deposit", "Customer Payment", "Payment"),
            *("Customer Refund", "Deposit", "Quote", "Estimate", "Opportunity", "Return Authorization", "Journal"),
            *("Lieferant", "Kontakt", "Mitarbeiter", "Rechnung", "Kundenauftrag", "Fournisseur", "Employé", "Facture"),
            *("Proveedor", "Contacto", "Empleado", "Factura", "Fornecedor", "Fatura", "Fornitore", "Fattura"),
            *("Leverancier", "Factuur", "仕入先", "連絡先", "従業員", "請求書", "供应商", "联系人", "员工", "发票"),
        ),
    )
)
_MOST_WORDS: Final = 1_000


def unmapped_columns(header: Header, fields: Mapping[str, str]) -> dict[str, str]:
    """Names, as no field is called, of columns to look at, and their labels.

    Args:
        header: the labels of the file.
        fields: our name → the column's label in the saved search.
    """
    mapped = {label for wanted in fields.values() for label in header.found(wanted)}
    found: dict[str, str] = {}
    for at, label in enumerate(header.labels):
        if label not in mapped and header.labels.count(label) == 1:
            found |= {f"{field} of {at}": label for field in _fields_of(label) if field not in fields}
    return found


def _fields_of(label: str) -> Iterator[str]:
    meant, key = fields_meant(label), letters_of(label)
    if "stage" in meant or key in _STAGE:
        yield "stage"
    if "inactive" in meant:
        yield "inactive"
    if "stripe" in key:
        yield "stripe_id"


def said_there(export: ExportFile, columns: Mapping[str, str], words: SystemWords) -> Iterator[str]:
    """Give a sentence for each column that says something of a record.

    Args:
        export: the file.
        columns: what `unmapped_columns` gives.
        words: what the words of stages and checkboxes mean.
    """
    for name, label in columns.items():
        field = name.split(" ", 1)[0]
        text = export.lazily({"word": label})
        rows = _rows_with_ids(text) if field == "stripe_id" else _rows_told(text, field, words)
        if rows:
            what = f"{_SAID[field]}: {rows:,} (map {field} to it)"
            yield f"{export.source} has a column {label!r}, which is not mapped; {what}."


def _rows_with_ids(text: pl.LazyFrame) -> int:
    found: int | None = text.select(pl.col("word").str.contains("cus_").sum()).collect(engine="streaming").item()
    return found or 0


def _rows_told(text: pl.LazyFrame, field: str, words: SystemWords) -> int:
    counts = text.drop_nulls().group_by("word").len().head(_MOST_WORDS).collect(engine="streaming")
    return sum(rows for word, rows in counts.iter_rows() if _is_told(field, word, words))


def _is_told(field: str, word: str, words: SystemWords) -> bool:
    if field == "inactive":
        return words.answer(word) is True
    return words.is_customer(word) is False or folded(word) in _OTHER_RECORDS


_SAID: Final = {
    "stage": "rows that by it are no customers, and pass for some",
    "inactive": "rows that by it are inactive, and pass for active",
    "stripe_id": "rows with Stripe ids in it, links that are not seen",
}
