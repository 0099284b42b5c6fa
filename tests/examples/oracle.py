"""Who is linked to whom in the example files, computed as naively as possible: one customer after the other.

It follows "Who is linked to whom, exactly" in the design, with the example's two rules. It shares no code with the
product, so that the two can be compared.
"""

import csv
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

Row = dict[str, str]


@dataclass(frozen=True)
class Verdict:
    """What the rules say of one Stripe customer."""

    outcome: str
    evidence: str | None
    records: tuple[int, ...] = ()


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def key(text: str) -> str:
    folded = unicodedata.normalize("NFD", unicodedata.normalize("NFD", text).casefold())
    return re.sub(r"[\s\u180e\u200b\u2060\ufeff]", "", folded)


def verdicts(stripe: Iterable[Row], netsuite: Iterable[Row]) -> dict[str, Verdict]:
    records = [row for row in netsuite if row["Stage"] == "Customer"]
    return {customer["id"]: _verdict(customer, records) for customer in stripe}


def _verdict(customer: Row, records: list[Row]) -> Verdict:
    if customer["netsuite_block_integration (metadata)"].strip() == "true":
        return Verdict("held", "metadata")
    return _existing_link(customer, records) or _found(customer, records) or Verdict("unmatched", None)


def _existing_link(customer: Row, records: list[Row]) -> Verdict | None:
    link = customer["netsuite_customer_id (metadata)"].strip()
    named = {
        "metadata": _ids(row for row in records if row["Internal ID"] == link),
        "stripe_id": _ids(row for row in records if row["Stripe Customer Id"].strip() == customer["id"]),
        "external_id": _ids(row for row in records if row["External ID"].strip() == customer["id"]),
    }
    if link and not named["metadata"]:
        return Verdict("broken", "metadata")
    together = tuple(sorted({i for ids in named.values() for i in ids}))
    evidence = next((name for name, ids in named.items() if ids), None)
    if len(together) > 1:
        return Verdict("conflict", evidence, together)
    return Verdict("linked", evidence, together) if together else None


def _found(customer: Row, records: list[Row]) -> Verdict | None:
    token = re.compile(rf"(?<!\w){customer['id']}(?!\w)", re.ASCII)
    active = [row for row in records if row["Inactive"] == "No"]
    email, name = key(customer["Email"]), key(customer["Name"])
    evidence = {
        "comments": _ids(row for row in records if token.search(row["Comments"])),
        "email = email": _ids(row for row in active if email and key(row["Email"]) == email),
        "name = company_name": _ids(row for row in active if name and key(row["Company Name"]) == name),
    }
    for by, ids in evidence.items():
        if ids:
            found = "linked" if by == "comments" else "matched"
            return Verdict(found if len(ids) == 1 else "ambiguous", by, ids)
    return None


def _ids(rows: Iterable[Row]) -> tuple[int, ...]:
    return tuple(sorted(int(row["Internal ID"]) for row in rows))
