"""The file by which NetSuite's CSV Import Assistant makes the new customers of a plan, and what to know of it; pure.

It is literal, as what stands in it is imported. A column is called what NetSuite calls the field, so that most of them
map themselves; where a record's field has only a script id, that is the label, and a person maps it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
import polars as pl

from assets.report.creation_currencies import currency_sentences
from assets.report.few_rows import column_of
from schemas.country_names import NETSUITE_NAMES
from schemas.words import GLOBAL_KEY, STRIPES_OWN, many

CREATE_FILE: Final = "netsuite_create.csv"
"""The new customers for the assistant, where a plan of two exports has some."""

LABELS: Final[Mapping[str, str]] = {
    "externalid": "External ID",
    "entityid": "Customer ID",
    "isperson": "Individual",
    "companyname": "Company Name",
    "firstname": "First Name",
    "lastname": "Last Name",
    "subsidiary": "Subsidiary",
    "entitystatus": "Status",
    "email": "Email",
    "phone": "Phone",
    "comments": "Comments",
}
"""NetSuite's names of the fields that records usually have, in the order of the columns."""

ADDRESS_LABELS: Final[Mapping[str, str]] = {
    "defaultshipping": "Default Shipping Address",
    "defaultbilling": "Default Billing Address",
    "addressee": "Addressee",
    "addrphone": "Phone",
    "addr1": "Address 1",
    "addr2": "Address 2",
    "city": "City",
    "state": "State",
    "zip": "Zip",
    "country": "Country",
}
"""The same for a line of the address book; in front of it stands the number of the line."""

CURRENCY_LABEL: Final = "Primary Currency"
_FORM: Final = "customform"  # is chosen in the assistant, and no column
_UNKNOWN_COUNTRY: Final = ""
_YES_NO: Final = {"T": "TRUE", "F": "FALSE"}

Record = dict[str, Any]


@dataclass(frozen=True)
class CreationNotes:
    """What a person has to know before importing new customers.

    Attributes:
        customers: how many there are.
        form: internal id of the form that records ask for.
        has_status: whether they say which status they get.
        has_subsidiary: whether they say which subsidiary they get.
        has_currency: whether they name a primary currency.
        currencies: the account's, as far as the declaration names them.
        ids_as_emails: how many have the Stripe id in place of an e-mail.
        has_countries: whether the file names countries.
        addresses_left_out: how many lines of the address book are not in the file, for their country is not known.
        by_hand: labels of columns that have to be mapped by hand.
        without_values: fields of Stripe that records are made of and of which the export has nothing.
        is_global: the one that stands for all customers without a record is made, and no other.
    """

    customers: int
    form: int | None
    has_status: bool
    has_subsidiary: bool
    has_currency: bool
    currencies: tuple[str, ...]
    ids_as_emails: int
    has_countries: bool
    addresses_left_out: int
    by_hand: tuple[str, ...]
    without_values: tuple[str, ...]
    is_global: bool = False

    def sentences(self) -> Iterator[str]:
        """What is to be said on the page and in the text beside the file."""
        form = "" if self.form is None else f" Custom Form: the one with the internal id {self.form}."
        yield (
            f"{CREATE_FILE} makes {many(self.customers, 'new customer')}: Setup > Import/Export > Import CSV Records, "
            f"Relationships, Customers Only; Data Handling: Add, never Add or Update. Key: External ID.{form} Import "
            "five rows first, and see that their stage is Customer. A row that is imported twice is refused, because "
            "its external id is there."
        )
        if not self.has_status:
            yield (
                "The new customers say no status: if the account's own makes leads of them, set create.entity_status "
                "and reconcile again before you import."
            )
        ids = [name for name, there in (("Subsidiary", self.has_subsidiary), ("Status", self.has_status)) if there]
        if ids:
            yield f"{' and '.join(ids)}: internal ids; choose the reference type Internal ID at the pencil."
        if self.by_hand:
            yield f"Map by hand, because the file calls them by script ids or labels: {', '.join(self.by_hand)}."
        yield from currency_sentences(self.currencies)
        if self.has_currency:
            yield (
                f"{CURRENCY_LABEL} holds an ISO code: where your account calls the currency otherwise, replace it by "
                "that name before you import."
            )
        if self.ids_as_emails:
            yield (
                f"The Stripe id stands in place of the e-mail of {many(self.ids_as_emails, 'new customer')}; if "
                "NetSuite refuses it, set create.email_fallback: none and reconcile again."
            )
        if self.has_countries:
            yield (
                "Countries are called as NetSuite's own list has them in English: where your account calls one "
                "otherwise ('Invalid country reference key'), replace it by that name before you import."
            )
        if self.addresses_left_out:
            yield (
                f"Left out of {CREATE_FILE}: {many(self.addresses_left_out, 'address', 'addresses')} whose country is "
                "not known, as NetSuite would take its own: add what is missing by hand."
            )
        if self.without_values:
            yield (
                "The Stripe export has no column for these, or nothing in it, so that no new customer has them: "
                f"{', '.join(self.without_values)}."
            )
        yield _AFTERWARDS_GLOBAL if self.is_global else _AFTERWARDS


_AFTERWARDS: Final = (
    "Stripe's metadata of a new customer hold its internal id, which only the export after the import has: the next "
    "run plans them, and until then they are not in the file for Stripe."
)
_AFTERWARDS_GLOBAL: Final = (
    "Afterwards export NetSuite again and reconcile: then the customers without a record are counted to the new one. "
    "Nothing is written for each of them, in either system."
)


def netsuite_create(plan: pl.DataFrame, labels: Mapping[str, str]) -> pl.DataFrame:
    """One row for each new record of a plan, in its order: String columns under NetSuite's names of the fields.

    Args:
        plan: `schemas.plan.Plan`.
        labels: script id → the account's own label of a custom field.
    """
    records = _records(plan)
    rows = [dict(_cells(record, {**LABELS, **labels})) for record in records]
    numbers = range(1, 1 + max((len(_lines(record)) for record in records), default=0))
    of_lines = [_line_label(number, label) for number in numbers for label in ADDRESS_LABELS.values()]
    known = [*LABELS.values(), *labels.values(), CURRENCY_LABEL, *of_lines]
    used = {name for row in rows for name in row}
    others = sorted(used - set(known))
    names = [name for name in dict.fromkeys([*known, *others]) if name in used]
    return pl.DataFrame([{name: row.get(name) for name in names} for row in rows], dict.fromkeys(names, pl.String))


def creation_notes(
    plan: pl.DataFrame,
    stripe: pl.LazyFrame,
    paths: Iterable[str],
    labels: Mapping[str, str],
    currencies: Sequence[str] = (),
) -> CreationNotes:
    """What is to be said of the new records of a plan.

    Args:
        plan: `schemas.plan.Plan`.
        stripe: `schemas.customers.StripeCustomers`.
        paths: the fields of Stripe customers that records are made of.
        labels: script id → the account's own label of a custom field.
        currencies: the active ones, as the account calls them.
    """
    records = _records(plan)
    fields = [record.get("fields", {}) for record in records]
    used = {name for each in fields for name in each}
    forms = [int(each[_FORM]) for each in fields if _FORM in each]
    further = sorted(used - {*LABELS, *labels, _FORM})
    return CreationNotes(
        customers=len(records),
        form=forms[0] if forms else None,
        has_status="entitystatus" in used,
        has_subsidiary="subsidiary" in used,
        has_currency=any("currency" in record for record in records),
        currencies=tuple(currencies),
        ids_as_emails=sum(str(each.get("email", "")).startswith(STRIPES_OWN) for each in fields),
        has_countries=any("country" in line for record in records for line in _lines(record)),
        addresses_left_out=sum(len(record.get("addressbook") or []) - len(_lines(record)) for record in records),
        by_hand=(*(label for name, label in labels.items() if name in used), *further),
        without_values=tuple(
            path for path in paths if not (_has_values(stripe, path) or _has_values(stripe, f"card.{path}"))
        ),
        is_global=any(each.get("externalid") == GLOBAL_KEY for each in fields),
    )


def _has_values(stripe: pl.LazyFrame, path: str) -> bool:
    return path in stripe.collect_schema() and bool(column_of(stripe, path).str.contains(r"\S").any())


def _records(plan: pl.DataFrame) -> list[Record]:
    if "values" not in plan.columns:
        return []
    return [orjson.loads(text) for text in plan.filter(pl.col("action") == "create").get_column("values")]


def _lines(record: Record) -> list[Record]:
    """The lines of the address book that can be imported: a blank country would become the account's own."""
    return [line for line in record.get("addressbook") or [] if line.get("country") != _UNKNOWN_COUNTRY]


def _cells(record: Record, labels: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in record.get("fields", {}).items():
        if name == "isperson":
            yield labels[name], _YES_NO[value]
        elif name != _FORM:
            yield labels.get(name, name), _text(value)
    if "currency" in record:
        yield CURRENCY_LABEL, _text(record["currency"])
    for number, line in enumerate(_lines(record), 1):
        for name, value in line.items():
            shown = NETSUITE_NAMES[value] if name == "country" else _text(value)
            yield _line_label(number, ADDRESS_LABELS[name]), shown


def _line_label(number: int, label: str) -> str:
    return f"Customer Address {number} : {label}"


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return value if isinstance(value, str) else orjson.dumps(value).decode()
