"""The exports run from end to end: its files, the same in any order, and nothing of a customer in the log."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from pipelines.customer_sync import build_defs, reconciliation
from resources.storage.generations import MANIFEST
from tests.reconciling import (
    CHECKOUT,
    NETSUITE,
    RESULTS,
    STRIPE,
    Site,
    declaration,
    digests,
    site_at,
    with_frames,
)


@pytest.mark.rule("D7")
def test_two_exports_become_the_files_of_a_run(site: Site) -> None:
    assert site.reconcile().success
    assert sorted(path.name for path in site.results.iterdir()) == sorted([*RESULTS, MANIFEST])
    matches = pl.read_csv(site.results / "matches.csv").select("stripe_customer_id", "outcome", "netsuite_internal_id")
    assert matches.rows() == [
        ("cus_1", "matched", 7),
        ("cus_2", "linked", 8),
        ("cus_3", "matched", 7),
        ("cus_4", "unmatched", None),
    ]
    assert (site.results / "netsuite_import.csv").read_text() == (
        "Internal ID,External ID,Stripe Customer Id\n7,cus_1,cus_1\n"
    )
    assert (site.results / "netsuite_import_comments.csv").read_text() == (
        'Internal ID,Comments\n7,"pays late\ncus_1\ncus_3"\n'
    )
    assert (site.results / "stripe_updates.csv").read_text() == "id,netsuite_customer_id\ncus_1,7\ncus_3,7\n"


def test_review_names_the_job_that_takes_a_decision(site: Site, tmp_path: Path) -> None:
    (tmp_path / "netsuite.csv").write_text(f"{NETSUITE}10,,,,ap@acme.example,Acme Ltd,Customer,No\n")
    assert site.reconcile().success
    assert (
        "Decide for one candidate (column decision, or job acme_override)" in (site.results / "review.csv").read_text()
    )
    assert (
        "Decide for one candidate (column decision, or job acme_override)" in (site.results / "report.html").read_text()
    )


def test_results_and_state_are_their_owners_alone(site: Site) -> None:
    assert site.reconcile().success
    folders = site.sync.folders
    kept = [*folders.out.rglob("*"), *folders.home.rglob("*"), folders.out, folders.home]
    assert {path.stat().st_mode & 0o777 for path in kept if path.is_dir()} == {0o700}
    assert {path.stat().st_mode & 0o077 for path in kept if path.is_file()} == {0}
    modes = {path.name: path.stat().st_mode & 0o777 for path in site.results.iterdir()}
    for name in ("plan_exact.csv", "plan.csv"):
        assert modes.pop(name) == 0o400, "it is the kept plan, which nobody changes"
    assert {*modes.values()} == {0o600}


@pytest.mark.rule("X3")
def test_same_customers_in_another_order_give_the_same_plan(site: Site, tmp_path: Path) -> None:
    assert site.reconcile().success
    first, before = (
        site.plan_hash(),
        digests(site.results, [name for name in RESULTS if name not in {"report.html", "import_notes.txt"}]),
    )
    for name in ("stripe.csv", "netsuite.csv"):
        header, *rows = (tmp_path / name).read_text().splitlines()
        (tmp_path / name).write_text("\n".join([header, *reversed(rows), ""]))
    assert site.reconcile().success
    assert site.plan_hash() == first
    assert digests(site.results, list(before)) == before
    assert site.sync.plans.storage.names() == [f"{first}.csv"]


@pytest.mark.rule("W11")
def test_imported_files_of_the_example_leave_nothing_to_plan(tmp_path: Path) -> None:
    """A person imports the two files; the next exports hold what they wrote, and the next plan is empty."""
    for name in ("stripe", "netsuite"):
        (tmp_path / f"{name}.csv").write_bytes((CHECKOUT / "examples" / f"{name}_customers.csv").read_bytes())
    declared = declaration(stripe={"export": "stripe.csv", "since": "2019-05"})
    link = {"netsuite_customer_id": "netsuite_customer_id (metadata)"}
    with site_at(tmp_path, declared, root=tmp_path) as site:
        assert site.reconcile().success
        for name in ("netsuite_import.csv", "netsuite_import_comments.csv"):
            _import(tmp_path / "netsuite.csv", "Internal ID", site.results / name, {})
        _import(tmp_path / "stripe.csv", "id", site.results / "stripe_updates.csv", link)
        assert site.reconcile().success
    assert pl.read_csv(site.results / "plan.csv").height == 0
    assert (site.results / "netsuite_import.csv").read_text() == "Internal ID\n"
    assert (site.results / "stripe_updates.csv").read_text() == "id,netsuite_customer_id\n"


def test_event_log_of_the_example_holds_no_email_and_no_name(tmp_path: Path) -> None:
    examples = CHECKOUT / "examples"
    export = {"export": "stripe_customers.csv", "since": "2019-05"}
    declared = declaration(stripe=export, netsuite={"export": "netsuite_customers.csv"})
    with site_at(tmp_path, declared, root=examples) as site:
        assert site.reconcile().success
        assert site.materialize("customer_matches", "write_plan").success
        log = site.event_log()
    assert "cus_" in log
    assert _customer_data(examples / "stripe_customers.csv", "Email", "Name", log) == []
    assert _customer_data(examples / "netsuite_customers.csv", "Email", "Company Name", log) == []


@pytest.mark.rule("D6")
def test_two_declarations_share_nothing(site: Site, tmp_path: Path) -> None:
    """Each side by side in one code location, on exports of its own."""
    other_root = tmp_path / "other"
    other_root.mkdir()
    (other_root / "stripe.csv").write_text(STRIPE.replace("cus_", "cus_x"))
    (other_root / "netsuite.csv").write_text(NETSUITE.replace("\n7,", "\n70,"))
    folders = replace(site.sync.folders, root=other_root)
    other = Site(reconciliation(declaration("acme_2"), folders), site.instance)
    both = with_frames(folders, build_defs(site.sync), build_defs(other.sync))
    keys = [spec.key.path[0] for spec in both.resolve_all_asset_specs()]
    assert keys.count("acme") == keys.count("acme_2") == 8
    assert len(keys) == 16
    assert site.reconcile().success
    before, log = digests(site.results), site.event_log()
    assert other.reconcile().success
    assert digests(site.results) == before
    assert "cus_x" not in log
    assert "cus_x1" in (other.results / "matches.csv").read_text()
    assert not {*site.sync.plans.storage.names()} & {*other.sync.plans.storage.names()}
    assert site.plan_hash() != other.plan_hash()


def _import(path: Path, key: str, imported: Path, labels: dict[str, str]) -> None:
    """Change an export as an import of this file would change the system: blank cells are left alone."""
    with imported.open(encoding="utf-8", newline="") as file:
        changes = {row[key]: row for row in csv.DictReader(file)}
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = [row | _filled(changes.get(row[key], {}), labels) for row in reader]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, reader.fieldnames or [])
        writer.writeheader()
        writer.writerows(rows)


def _filled(row: dict[str, str], labels: dict[str, str]) -> dict[str, str]:
    return {labels.get(label, label): value for label, value in row.items() if value}


def _customer_data(path: Path, email: str, name: str, log: str) -> list[str]:
    """Whatever of these columns stands in the log; as JSON writes it or as it is."""
    with path.open(encoding="utf-8", newline="") as file:
        values = {row[column].strip() for row in csv.DictReader(file) for column in (email, name)} - {""}
    assert len(values) > 400
    folded = log.casefold()
    return [v for v in values if v.casefold() in folded or json.dumps(v)[1:-1].casefold() in folded]
