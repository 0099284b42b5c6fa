"""A world from an export file of a saved search, so that the same customers can be had from both readers.

The file has the labels that docs/netsuite.md asks for; further columns become custom fields of the customers. What a
person runs is in `__main__`.
"""

import csv
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sandbox.netsuite_standin.options import Options
from sandbox.netsuite_standin.searches import STANDARD_COLUMNS, Column, SavedSearch
from sandbox.netsuite_standin.server import NetsuiteStandIn
from sandbox.netsuite_standin.world import SHIPPED_FIELDS, Value, World

TO_STRIPE: Final = SavedSearch(
    "customsearch_tieout_to_stripe",
    (
        Column("internalid", "Internal ID", kind="select"),
        Column("email", "email", kind="email"),
        Column("companyname", "name"),
        Column("phone", "phone", kind="phone"),
    ),
)
"""The search of the same customers whose labels are parameters of Stripe."""

_TRUE: Final = frozenset({"yes", "true", "t"})
_STANDARD: Final = {str(column.label): column for column in STANDARD_COLUMNS}


def world_of_export(path: Path, options: Options | None = None) -> tuple[World, SavedSearch]:
    """Read a CSV export; return its customers, and a saved search that shows them with the same labels.

    Raises:
        ValueError: the file has no column “Internal ID”, or two differing rows for one id.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        columns = [_STANDARD.get(label) or _custom(label) for label in reader.fieldnames or ()]
        rows = [{str(label): text or "" for label, text in row.items()} for row in reader]
    if "internalid" not in {column.name for column in columns}:
        raise ValueError(f"{path} has no column “Internal ID”.")
    custom = {column.name for column in columns if column.name.startswith("custentity_")}
    world = World(custom_fields=custom | set(SHIPPED_FIELDS))
    for number, row in _by_id(rows).items():
        values = {c.name: _value(row[str(c.label)], c, options or Options()) for c in columns if c.name != "internalid"}
        world.insert_values(number, values)
    return world, SavedSearch(columns=tuple(columns))


def serve_export(
    path: Path, port: int = 0, options: Options | None = None, *, private_key: str | None = None
) -> tuple[NetsuiteStandIn, dict[str, str]]:
    """Make a stand-in for an export, not yet running, and the environment with which a client logs in to it.

    `private_key` is the one of an earlier start; without it, or if it is none, there is a new one.
    """
    world, search = world_of_export(path, options)
    server = NetsuiteStandIn(world, options, [search, TO_STRIPE], port)
    key = _key(private_key)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    server.register_certificate("sandbox-client", "sandbox-certificate", public.decode())
    return server, {
        "NETSUITE_ACCOUNT": server.options.account,
        "NETSUITE_CLIENT_ID": "sandbox-client",
        "NETSUITE_CERTIFICATE_ID": "sandbox-certificate",
        "NETSUITE_PRIVATE_KEY": private.decode(),
        "NETSUITE_BASE_URL": server.url,
    }


def _key(private_key: str | None) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key((private_key or "").encode(), password=None)
    except ValueError:
        return ec.generate_private_key(ec.SECP256R1())
    return key if isinstance(key, ec.EllipticCurvePrivateKey) else ec.generate_private_key(ec.SECP256R1())


def _custom(label: str) -> Column:
    return Column("custentity_" + re.sub(r"\W+", "_", label.lower()).strip("_"), label)


def _by_id(rows: Iterable[dict[str, str]]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for row in rows:
        number = int(row["Internal ID"])
        if found.setdefault(number, row) != row:
            raise ValueError(f"The export has two rows for customer {number} that differ.")
    return found


def _value(text: str, column: Column, options: Options) -> Value:
    if column.name == "isinactive":
        return text.strip().lower() in _TRUE
    if column.name == "stage" and options.stage_texts.get(text.upper()) == text:
        return text.upper()
    return text or None
