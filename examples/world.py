# ruff: noqa: INP001 - stands beside a script, not in a package
"""How the example world looks: companies, ids, dates, notes, and the two kinds of row with their columns.

What happens in it is in `make_examples.py`. All names are invented and all addresses lie on reserved domains. Chance is
taken only from `random.random()`, the one generator whose sequence Python promises to keep for a seed.
"""

import csv
import random
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import ascii_letters, digits
from typing import TypeVar

T = TypeVar("T")
Row = dict[str, str]

FIRST_DAY = datetime(2019, 5, 1, tzinfo=UTC)
LAST_DAY = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Company:
    """An invented company: what its rows on both sides have in common."""

    name: str
    short_name: str
    domain: str
    email: str
    phone: str

    def mail(self, box: str) -> str:
        """Return another address of the company."""
        return f"{box}@{self.domain}"


class World:
    """All rows so far, and the luck that shapes the next ones."""

    def __init__(self, seed: int) -> None:
        self._luck = random.Random(seed)  # noqa: S311 - an example, not a secret
        self._stripe: list[Row] = []
        self._netsuite: list[Row] = []
        self._names = self._shuffled([f"{a} {b}" for a in ADJECTIVES for b in THINGS])
        self._free_ids = self._shuffled([str(n) for n in range(4107, 13500, 13)])

    def company(self, name: str | None = None) -> Company:
        """Return a company that is not in the world yet; a given name stands for itself."""
        short_name = self._names.pop()
        domain = f"{_slug(short_name)}.{self.pick(('example', 'example', 'test', 'example.com'))}"
        return Company(
            name=name or f"{short_name} {self.pick(TRADES)} {self.pick(LEGAL_FORMS)}",
            short_name=short_name,
            domain=domain,
            email=f"{self.pick(MAILBOXES)}@{domain}",
            phone=f"+1 {self.pick(('202', '303', '617', '701'))}-555-01{self.number(0, 99):02d}",
        )

    def stripe(self, company: Company, **fields: str) -> Row:
        """Add a Stripe customer of the company; a named column replaces what it would hold by itself."""
        payments = self.number(0, 60)
        total = payments * self.number(900, 48_000) / 100
        row = dict.fromkeys(STRIPE_COLUMNS, "") | {
            "id": self._stripe_id(),
            "Description": self.pick(("", "", "", f"Customer for {company.domain}", "Self-serve checkout")),
            "Email": company.email,
            "Name": company.name,
            "Created (UTC)": self._created(),
            "Delinquent": self.pick(("false",) * 15 + ("true",)),
            "Plan": self.pick(("", "", "team-monthly", "team-yearly", "studio-monthly")),
            "Total Spend": f"{total:.2f}",
            "Payment Count": str(payments),
            "Refunded Volume": self.pick(("0.00",) * 9 + ("49.00",)),
            "Dispute Losses": "0.00",
            "Phone": self.pick(("", company.phone)),
            "tag (metadata)": self.pick(("", "", "", "wholesale", "retail", "partner, tier 2")),
        }
        row["Status"] = self.pick(("active", "active", "past_due")) if row["Plan"] else ""
        self._stripe.append(row | fields)
        return self._stripe[-1]

    def netsuite(self, company: Company, **fields: str) -> Row:
        """Add a NetSuite record of the company; a named column replaces what it would hold by itself."""
        row = dict.fromkeys(NETSUITE_COLUMNS, "") | {
            "Internal ID": fields.get("Internal ID") or self.internal_id(),
            "Comments": self.pick(NOTES),
            "Email": company.email,
            "Company Name": company.name,
            "Phone": self.pick(("", company.phone, company.phone.replace(" ", "").replace("-", ""))),
            "Stage": "Customer",
            "Inactive": "No",
        }
        self._netsuite.append(row | fields)
        return self._netsuite[-1]

    def internal_id(self) -> str:
        """Return an internal id that no record has, or will have."""
        return self._free_ids.pop()

    def mess(self, text: str) -> str:
        """Return the text as a hurried person types it: other case, other spaces, other composition, same key."""
        return self.pick(MESSES)(text)

    def note(self, stripe_id: str) -> str:
        """Return comments that name the Stripe id as a word of its own."""
        return self.pick(LINK_NOTES).format(stripe_id)

    def history(self, length: int) -> str:
        """Return comments of exactly so many characters."""
        notes = [note for note in NOTES if note]
        lines = "\n".join(f"Call {n}: {notes[n % len(notes)]}" for n in range(1, 200))
        return lines[: length - 1] + "."

    def pick(self, choices: Sequence[T]) -> T:
        """Return one of the choices, each as likely as the others."""
        return choices[self.number(0, len(choices) - 1)]

    def number(self, lowest: int, highest: int) -> int:
        """Return a whole number between the two, both included."""
        return lowest + int(self._luck.random() * (highest - lowest + 1))

    def write(self, stripe_path: Path, netsuite_path: Path) -> None:
        """Write both files in the order in which the two services write them: newest first, lowest id first."""
        newest_first = sorted(self._stripe, key=lambda row: (row["Created (UTC)"], row["id"]), reverse=True)
        lowest_first = sorted(self._netsuite, key=lambda row: int(row["Internal ID"]))
        _write(stripe_path, STRIPE_COLUMNS, newest_first)
        _write(netsuite_path, NETSUITE_COLUMNS, lowest_first)

    def _stripe_id(self) -> str:
        return "cus_" + "".join(self.pick(ascii_letters + digits) for _ in range(14))

    def _created(self) -> str:
        """Return a minute in the world's years, later ones more likely: the business grows."""
        share = self._luck.random() ** 0.7
        minutes = int((LAST_DAY - FIRST_DAY) / timedelta(minutes=1) * share)
        return f"{FIRST_DAY + timedelta(minutes=minutes):%Y-%m-%d %H:%M}"

    def _shuffled(self, items: list[str]) -> list[str]:
        return sorted(items, key=lambda _: self._luck.random())


def _slug(name: str) -> str:
    return re.sub(r"[^a-z]+", "-", name.lower())


def _write(path: Path, columns: Sequence[str], rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


STRIPE_COLUMNS = (
    *("id", "Description", "Email", "Name", "Created (UTC)", "Delinquent", "Plan", "Status", "Total Spend"),
    *("Payment Count", "Refunded Volume", "Dispute Losses", "Phone"),
    *("netsuite_customer_id (metadata)", "netsuite_block_integration (metadata)", "tag (metadata)"),
    *("Shipping Name", "Shipping Address Line1", "Shipping Address City", "Shipping Address State"),
    *("Shipping Address Postal Code", "Shipping Address Country"),
)
"""The default columns of a Dashboard export, `Phone`, one column per metadata key, and where goods are sent."""

NETSUITE_COLUMNS = (
    *("Internal ID", "External ID", "Stripe Customer Id", "Comments", "Email", "Company Name", "Phone"),
    *("Stage", "Inactive"),
)
"""The labels of the saved search that the example declaration maps."""

MESSES: tuple[Callable[[str], str], ...] = (
    *(str, str, str, str, str.upper, str.lower, str.title, str.swapcase),
    *((lambda text: f" {text}"), (lambda text: f"{text}  "), (lambda text: text.replace(" ", "  "))),
    *((lambda text: text.replace(" ", "\u00a0")), (lambda text: f"{text}\u00a0"), (lambda text: f"\t{text}")),
    lambda text: unicodedata.normalize("NFD", text),
)

MAILBOXES = ("billing", "accounts.payable", "finance", "hello", "invoices", "orders")

ADJECTIVES = (
    *("Amber", "Brisk", "Copper", "Drowsy", "Early", "Feathered", "Gentle", "Hollow", "Indigo", "Jolly", "Kindled"),
    *("Lunar", "Mossy", "Nimble", "Opal", "Patient", "Quiet", "Rustic", "Silver", "Tidy", "Upland", "Velvet"),
    *("Wandering", "Yonder", "Zesty"),
)

THINGS = (
    *("Anvil", "Badger", "Compass", "Dormouse", "Ember", "Fjord", "Gazebo", "Heron", "Inkwell", "Juniper", "Kettle"),
    *("Lantern", "Marmot", "Nutshell", "Otter", "Pebble", "Quill", "Raft", "Sparrow", "Teapot", "Umbrella", "Viaduct"),
    *("Walrus", "Yarrow", "Zeppelin"),
)

TRADES = (
    *("Bakery", "Boatworks", "Bookshop", "Catering", "Ceramics", "Coffee Roasters", "Cycles", "Dental Supply"),
    *("Furniture", "Garden Centre", "Instruments", "Logistics", "Optics", "Printing", "Software", "Textiles"),
)

LEGAL_FORMS = ("GmbH", "Ltd", "Inc.", "LLC", "B.V.", "AG", "S.A.", "Pty Ltd", "& Co. KG", "Oy")

NOTES = (
    *("", "", "", "", "Net 30.", "Net 14, by e-mail only."),
    "Prefers one invoice per month.\nCall before a delivery.",
    'Asked for "no paper", twice; see the file.',
    "Credit limit reviewed.\n\nNext review in spring, then every year.",
    "Old number 00123, company ID 12345",
    "Zahlt pünktlich; Rechnung auf Deutsch, bitte.",
    "請求書は毎月末、\n郵送不要。",
)

LINK_NOTES = (
    *("{}", "{}", "Net 30.\n{}", "Stripe: {}", "Moved to card payments ({}).", "Stripe customer {}, since last spring"),
    "Prefers one invoice per month.\nCall before a delivery.\n{}",
    'Asked for "no paper";{}',
)
