"""NetSuite's CSV Import Assistant, as far as it makes new customers in the stand-in: Customers Only, Add, External ID.

It knows the headers by NetSuite's names, written down here once more; one that it does not know is refused, unless a
person says which field it is.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sandbox.netsuite_standin import SavedSearch, World
from sandbox.netsuite_standin.new_customers import Draft, create
from sandbox.netsuite_standin.world import Value

_BODY: Final = {
    "External ID": "externalid",
    "Customer ID": "entityid",
    "Individual": "isperson",
    "Company Name": "companyname",
    "First Name": "firstname",
    "Last Name": "lastname",
    "Email": "email",
    "Phone": "phone",
    "Comments": "comments",
    "Status": "entitystatus",
    "Subsidiary": "subsidiary",
}
_ADDRESS: Final = {
    "Default Shipping Address": "defaultshipping",
    "Default Billing Address": "defaultbilling",
    "Addressee": "addressee",
    "Phone": "addrphone",
    "Address 1": "addr1",
    "Address 2": "addr2",
    "City": "city",
    "State": "state",
    "Zip": "zip",
    "Country": "country",
}
_LINE: Final = re.compile(r"Customer Address (\d+) : (.+)")
_COUNTRIES: Final = {"Germany": "DE", "United States": "US"}
_CHECKED: Final = {"TRUE": True, "FALSE": False}


def import_customers(file: Path, world: World, by_hand: Mapping[str, str]) -> list[int]:
    """Add a customer for each row; `by_hand` maps what does not map itself. Gives their internal ids.

    Raises:
        ScriptError: a row is refused.
    """
    with file.open(encoding="utf-8", newline="") as opened:
        return [create(world, _draft(row, by_hand), ignore_mandatory=False) for row in csv.DictReader(opened)]


def import_currencies(file: Path, world: World, names: Mapping[str, str]) -> None:
    """Update customers, found by External ID, with a currency for each row; one that is there already stays once.

    Args:
        file: with the columns External ID and Currency.
        world: of the stand-in.
        names: what the account calls a currency → its internal id.
    """
    by_key = {customer.values.get("externalid"): customer for customer in world.customers.values()}
    with file.open(encoding="utf-8", newline="") as opened:
        for row in csv.DictReader(opened):
            currencies, found = by_key[row["External ID"]].currencies, names[row["Currency"]]
            if found not in currencies:
                currencies.append(found)


def export_customers(file: Path, world: World, search: SavedSearch) -> None:
    """Write what the saved search shows of all customers."""
    labels = [str(column.label) for column in search.columns]
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(labels)
        for number, customer in sorted(world.customers.items()):
            values = {"internalid": str(number), **customer.values}
            writer.writerow([_shown(values.get(column.name)) for column in search.columns])


def _draft(row: Mapping[str, str], by_hand: Mapping[str, str]) -> Draft:
    fields = {**_BODY, **by_hand}
    values: dict[str, Value] = {}
    lines: dict[int, dict[str, Value]] = defaultdict(dict)
    for header, text in row.items():
        if not text:
            continue
        if found := _LINE.fullmatch(header):
            name = _ADDRESS[found[2]]
            lines[int(found[1])][name] = _COUNTRIES[text] if name == "country" else _CHECKED.get(text, text)
        else:
            values[fields[header]] = _CHECKED.get(text, text)
    return Draft(values, [lines[number] for number in sorted(lines)])


def _shown(value: Value) -> str:
    return {None: "", True: "Yes", False: "No"}[value] if not isinstance(value, str) else value
