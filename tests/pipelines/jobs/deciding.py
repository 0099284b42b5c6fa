"""An installation whose review waits for decisions, and what a person and a spreadsheet do to its file."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import xlsxwriter

from assets.signed_in import WHO
from tests.pipelines.api_world import sentences
from tests.reconciling import Site, declaration, site_at

STRIPE = """\
id,Email,Name,Created (UTC),netsuite_customer_id (metadata)
cus_1,ap@acme.example,Acme,2026-06-01 00:00,
cus_2,,Büro,2026-07-31 23:59,99
cus_3,ap@acme.example,Acme Two,2026-08-15 12:00,
cus_5,ap@acme.example,Acme Five,2026-08-15 12:00,
00123,ap@acme.example,Imported,2026-08-15 12:00,
-7,ap@acme.example,=Imported,2026-08-15 12:00,
"""
NETSUITE = """\
Internal ID,External ID,Stripe Customer Id,Comments,Email,Company Name,Stage,Inactive
7,,,pays late,ap@acme.example,Acme GmbH,Customer,No
8,,,,ap@acme.example,"Acme, Inc.",Customer,No
9,cus_gone1,,,bee@bee.example,Bee,Customer,No
10,,,,bee@bee.example,Bee lead,Lead,No
"""
Row = dict[str, str]
REVIEWED = ["-7", "00123", "cus_1", "cus_2", "cus_3", "cus_5", "cus_gone1"]


@contextmanager
def reconciled(folder: Path) -> Iterator[Site]:
    with site_at(folder, declaration()) as site:
        (folder / "stripe.csv").write_text(STRIPE)
        (folder / "netsuite.csv").write_text(NETSUITE)
        assert site.up_to("reconciliation_report").success
        yield site


def review(site: Site) -> list[Row]:
    with (site.results / "review.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def written(site: Site, decisions: dict[str, str], why: str = "by phone") -> list[Row]:
    """The review after a person has written decisions into it; `''` before an id is how it is escaped."""
    rows = review(site)
    for row in rows:
        if decision := decisions.get(row["stripe_customer_id"].removeprefix("'")):
            row |= {"decision": decision, "why": why}
    return rows


def as_csv(rows: Sequence[Row], separator: str = ",") -> str:
    text = StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=separator, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def decide(site: Site, content: str | bytes | None = None, signed_in: str = "", **config: str) -> list[str]:
    """What the job says to a person, who may have signed in to the UI; nothing when all was kept."""
    if content is not None:
        (site.sync.folders.root / "mine.csv").write_bytes(content.encode() if isinstance(content, str) else content)
    job = site.definitions.resolve_job_def("acme_override_file")
    given = {"file": "mine.csv", "who": "Ada", **config}
    result = job.execute_in_process(
        instance=site.instance,
        raise_on_error=False,
        run_config={"ops": {"acme__decide_file": {"config": given}}},
        tags={WHO: signed_in} if signed_in else {},
    )
    return sentences(result)


def standing(site: Site) -> dict[str, tuple[int | None, str, str]]:
    rows = site.sync.overrides().select("stripe_customer_id", "netsuite_internal_id", "who", "why").rows()
    return {row[0]: row[1:] for row in rows}


def xlsx(path: Path, rows: Sequence[Row], *, numbers: bool = False) -> None:
    """What a spreadsheet saves of a CSV: `numbers` as it does with what looks like one."""
    with xlsxwriter.Workbook(path, {"strings_to_numbers": numbers}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, list(rows[0]))
        for at, row in enumerate(rows, 1):
            sheet.write_row(at, 0, list(row.values()))
