"""The example files as rows, and as a world of the matching oracle: read without any code of the product."""

import csv
from datetime import UTC, datetime
from pathlib import Path

from assets.matching import MatchSettings, Rule
from tests.assets.matching.oracle import Customer, Record, World
from tests.labels import LABELS

Row = dict[str, str]

_EXAMPLES = Path(__file__).parents[2] / "examples"
STRIPE, NETSUITE = _EXAMPLES / "stripe_customers.csv", _EXAMPLES / "netsuite_customers.csv"
SETTINGS = MatchSettings((Rule("email", "email"), Rule("name", "company_name")))

_METADATA = ("netsuite_customer_id", "netsuite_block_integration")
_COLUMNS = {"email": "Email", "name": "Name"} | {f"metadata.{key}": f"{key} (metadata)" for key in _METADATA}


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def world() -> World:
    return World([_customer(row) for row in read(STRIPE)], [_record(row) for row in read(NETSUITE)], {}, SETTINGS)


def _customer(row: Row) -> Customer:
    created = datetime.fromisoformat(row["Created (UTC)"]).replace(tzinfo=UTC)
    return Customer(row["id"], created, {name: row[column] for name, column in _COLUMNS.items()})


def _record(row: Row) -> Record:
    fields: dict[str, str | None] = {name: row[label] for name, label in LABELS.items()}
    return Record(int(row["Internal ID"]), row["Stage"] == "Customer", row["Inactive"] == "Yes", fields)
