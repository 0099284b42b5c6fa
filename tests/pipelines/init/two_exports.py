"""Two small exports, as files of a test, and a declaration that is written from them."""

from collections.abc import Sequence
from pathlib import Path

from pipelines.declarations import read_declarations
from pipelines.init.questions import Ask
from pipelines.init.two_files import Said
from pipelines.init.written import Written, from_files, place_for
from resources.storage.folders import Folders
from schemas.declaration import Declaration

STRIPE = """\
id,Email,Name,Created (UTC),netsuite_customer_id (metadata)
cus_1,ap@acme.example,Acme,2026-06-13 00:00,
cus_2,pay@bee.example,Bee,2026-07-31 23:59,8
cus_3,ap@cee.example,Cee,2026-08-15 12:00,
"""
NETSUITE = """\
Internal ID,External ID,Comments,Email,Company Name,Phone,Stage,Inactive
7,,pays late,ap@acme.example,Acme,,Customer,No
8,cus_2,,pay@bee.example,Bee,,Customer,No
9,,,pay@lead.example,Lead,,Lead,No
"""


def declared(file: Path) -> Declaration:
    """What a file declares."""
    [located] = read_declarations(file.parent)
    return located.declaration


def nobody(_: str, __: Sequence[str]) -> str | None:
    return None


def write(
    root: Path, stripe: str | bytes = STRIPE, netsuite: str | bytes = NETSUITE, ask: Ask = nobody, **said: object
) -> Written:
    """Write two files into a folder, and a declaration `acme` from them."""
    for name, content in (("stripe.csv", stripe), ("netsuite.csv", netsuite)):
        (root / name).write_bytes(content.encode() if isinstance(content, str) else content)
    folders = Folders(root=root, home=root / "home", out=root / "out")
    named = {"stripe": str(root / "stripe.csv"), "netsuite": str(root / "netsuite.csv"), **said}
    return from_files("acme", place_for("acme", root), folders, Said(**named), ask)  # type: ignore[arg-type]
