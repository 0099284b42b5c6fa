"""The exports run from end to end, as real Dagster runs in folders of their own."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import dagster as dg
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipelines.customer_sync import build_defs, reconciliation
from pipelines.run import doubts
from resources.exports.netsuite import read_netsuite_export
from resources.exports.stripe import read_stripe_export
from resources.extracts.extract import Extract, Known
from resources.extracts.source_identity import SourceIdentity
from resources.readers import OnProgress
from resources.storage.results import MANIFEST
from tests.reconciling import (
    CHECKOUT,
    FIELDS,
    NETSUITE,
    RESULTS,
    STRIPE,
    Site,
    declaration,
    digests,
    failure,
    site_at,
    with_frames,
)

MONTHS = ("2026-06-01", "2026-07-01", "2026-08-01", "2026-09-01")
IN_A_TEST = SourceIdentity(("test",), ())
AFTER_STRIPE = ("netsuite_customers", "customer_matches", "review_queue", "write_plan", "reconciliation_report")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with site_at(tmp_path, declaration()) as site:
        yield site


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
    assert "Decide for one candidate (job acme_override)" in (site.results / "review.csv").read_text()
    assert "Decide for one candidate (job acme_override)" in (site.results / "report.html").read_text()


def test_results_and_state_are_their_owners_alone(site: Site) -> None:
    assert site.reconcile().success
    folders = site.sync.folders
    kept = [*folders.out.rglob("*"), *folders.home.rglob("*"), folders.out, folders.home]
    assert {path.stat().st_mode & 0o777 for path in kept if path.is_dir()} == {0o700}
    assert {path.stat().st_mode & 0o077 for path in kept if path.is_file()} == {0}
    assert {path.stat().st_mode & 0o777 for path in site.results.iterdir()} == {0o600}


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


@pytest.mark.rule("D3")
def test_months_in_any_order_give_what_one_run_gives(site: Site, tmp_path: Path) -> None:
    assert site.reconcile().success
    (tmp_path / "apart").mkdir()
    with site_at(tmp_path / "apart", declaration()) as apart:
        for month in (MONTHS[2], MONTHS[0], MONTHS[3], MONTHS[1]):
            assert apart.materialize("stripe_customers", month=month).success
        assert apart.materialize(*AFTER_STRIPE).success
        assert apart.plan_hash() == site.plan_hash()
    same = [name for name in RESULTS if name not in {"report.html", "import_notes.txt"}]
    assert digests(apart.results, same) == digests(site.results, same)


@pytest.mark.rule("D4")
def test_missing_month_is_said_by_its_check_and_in_the_report(site: Site) -> None:
    for month in ("2026-06-01", "2026-08-01", "2026-09-01"):
        assert site.materialize("stripe_customers", month=month).success
    assert site.materialize(*AFTER_STRIPE).success
    check = site.check("stripe_customers", "no_month_missing")
    assert (check.passed, check.blocking) == (False, True)
    assert str(check.metadata["ids"].value).startswith("2026-07 2026-10")
    assert "2026-07" in (site.results / "report.html").read_text()
    assert "cus_2" not in (site.results / "matches.csv").read_text()
    assert site.reconcile().success
    assert site.check("stripe_customers", "no_month_missing").passed
    assert "cus_2" in (site.results / "matches.csv").read_text()


@dataclass(frozen=True)
class StripeDoor:
    """A reader that gives what it was given, so that checks have something to catch."""

    frame: pl.DataFrame
    complete: bool = True
    source: str = "a test"
    origin: SourceIdentity = IN_A_TEST

    def customers(self, start: datetime, end: datetime, known: Known | None, progress: OnProgress) -> Extract:
        assert known is None
        progress("reading")
        asked = self.frame.filter(pl.col("created").is_between(start, end, closed="left"))
        return Extract(asked, asked.height, complete=self.complete)


@dataclass(frozen=True)
class NetsuiteReader:
    """As `StripeDoor`."""

    frame: pl.DataFrame
    complete: bool = True
    source: str = "a test"
    origin: SourceIdentity = IN_A_TEST

    def customers(self, known: Known | None, progress: OnProgress) -> Extract:
        assert known is None
        progress("reading")
        return Extract(self.frame, self.frame.height, complete=self.complete)


@pytest.mark.rule("D4")
def test_doubled_stripe_id_stops_what_is_downstream(site: Site, tmp_path: Path) -> None:
    assert site.reconcile().success
    before = digests(site.results)
    good = _stripe_frame(tmp_path)
    broken = replace(site, sync=replace(site.sync, stripe=StripeDoor(pl.concat([good, good.head(1)]))))
    result = broken.reconcile()
    assert not result.success
    assert [check.check_name for check in result.get_asset_check_evaluations() if not check.passed] == ["schema"]
    assert _materialized(result) == {"netsuite_customers"}
    assert digests(site.results) == before


@pytest.mark.rule("X10")
def test_extract_that_fails_its_check_leaves_the_last_good_one(site: Site, tmp_path: Path) -> None:
    assert site.reconcile().success
    before = _frames(site)
    stripe = _stripe_frame(tmp_path).head(1)
    netsuite = read_netsuite_export(tmp_path / "netsuite.csv", FIELDS).frame
    for asset, check, readers in (
        ("stripe_customers", "complete", {"stripe": StripeDoor(stripe, complete=False)}),
        ("stripe_customers", "schema", {"stripe": StripeDoor(pl.concat([stripe, stripe]))}),
        ("netsuite_customers", "complete", {"netsuite": NetsuiteReader(netsuite.head(1), complete=False)}),
        ("netsuite_customers", "schema", {"netsuite": NetsuiteReader(pl.concat([netsuite, netsuite]))}),
    ):
        bad = replace(site, sync=replace(site.sync, **readers))
        assert failure(bad.reconcile()) == (
            f"{asset} failed its check {check}; nothing was kept, and the last good frame stays. Look at what the "
            "check found, then materialize it again."
        )
        assert (site.check(asset, check).passed, site.check(asset, check).blocking) == (False, True)
    assert _frames(site) == before


@pytest.mark.rule("W7")
def test_plan_that_fails_its_check_is_not_kept_and_has_no_hash(site: Site) -> None:
    assert site.reconcile().success
    kept, frames = site.sync.plans.storage.names(), site.sync.frames
    before, matches = frames.read("write_plan").collect(), frames.read("customer_matches").collect()
    frames.write("customer_matches", pl.concat([matches, matches]))
    assert failure(site.materialize("write_plan")).startswith("write_plan failed its check schema; nothing was kept")
    assert site.sync.plans.storage.names() == kept
    assert_frame_equal(frames.read("write_plan").collect(), before)


@pytest.mark.rule("M2")
def test_search_without_customers_stops_what_is_downstream(site: Site, tmp_path: Path) -> None:
    leads = read_netsuite_export(tmp_path / "netsuite.csv", FIELDS).frame.with_columns(is_customer=pl.lit(value=False))
    broken = replace(site, sync=replace(site.sync, netsuite=NetsuiteReader(leads)))
    result = broken.reconcile()
    assert not result.success
    check = broken.check("netsuite_customers", "has_customers")
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert _materialized(result) == {"stripe_customers", "netsuite_customers"}
    assert not site.results.exists()


def test_broken_quality_that_stops_nothing_is_a_warning(site: Site, tmp_path: Path) -> None:
    (tmp_path / "stripe.csv").write_text(STRIPE.replace("pay@bee.example", "pay at bee"))
    assert site.reconcile().success
    check = site.check("stripe_customers", "email_form")
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert check.metadata["ids"].value == "cus_2"


@pytest.mark.rule("X9")
def test_export_of_a_part_is_doubted_until_all_are_there_again(site: Site, tmp_path: Path) -> None:
    """The example of the doubt: without the oldest customer a younger one would get the record's external id."""
    assert site.reconcile().success
    assert site.check("stripe_customers", "not_shrunk").passed
    (tmp_path / "stripe.csv").write_text("".join(line for line in STRIPE.splitlines(True) if "2026-06" not in line))
    for _ in range(2):  # the second run has the first one's part to compare with, and the whole before it
        result = site.reconcile()
        assert result.success
        check = site.check("stripe_customers", "not_shrunk")
        assert (check.passed, check.severity, check.blocking) == (False, dg.AssetCheckSeverity.WARN, True)
        [doubt] = doubts(result)
        assert doubt == (
            "stripe_customers: 3 customers, 4 for the largest of the last plans; if these are not all, do not use the "
            "plan of this run."
        )
    assert "Stripe customers: not shrunk" in (site.results / "report.html").read_text()
    (tmp_path / "stripe.csv").write_text(STRIPE)
    assert list(doubts(site.reconcile())) == []


@pytest.mark.rule("X9")
def test_how_much_an_extract_may_shrink_is_declared(site: Site, tmp_path: Path) -> None:
    """Leads do not count: they come and go."""
    assert site.reconcile().success
    (tmp_path / "netsuite.csv").write_text("".join(NETSUITE.splitlines(True)[:2]))
    assert site.reconcile().success
    found = site.check("netsuite_customers", "not_shrunk")
    assert (found.passed, found.metadata["customers"].value, found.metadata["most_before"].value) == (False, 1, 2)
    half = replace(site, sync=replace(site.sync, declaration=declaration(brakes={"shrink": 0.5})))
    assert half.reconcile().success
    assert half.check("netsuite_customers", "not_shrunk").passed


def test_asset_without_its_inputs_says_what_to_materialize_first(site: Site) -> None:
    assert site.materialize("stripe_customers", month=MONTHS[0]).success
    said = failure(site.materialize("customer_matches"))
    assert said == "netsuite_customers has not been materialized yet; materialize it first."


def test_months_that_were_read_with_other_columns_count_as_missing(site: Site) -> None:
    for month in MONTHS:
        assert site.materialize("stripe_customers", month=month).success
    rules = [{"stripe": "metadata.crm", "netsuite": "internal_id"}]
    link = "netsuite_customer_id (metadata)"
    with_crm = STRIPE.replace("\n", ",\n").replace(f"{link},", f"{link},crm (metadata)")
    (site.sync.folders.root / "stripe.csv").write_text(with_crm)
    newer = replace(site, sync=reconciliation(declaration(rules=rules), site.sync.folders))
    assert newer.materialize("netsuite_customers").success
    assert failure(newer.materialize("customer_matches")) == (
        "All months of stripe_customers were read from another account or with other columns; materialize them again."
    )
    assert newer.materialize("stripe_customers", month=MONTHS[3]).success
    assert newer.materialize(*AFTER_STRIPE).success
    assert pl.read_csv(newer.results / "matches.csv")["stripe_customer_id"].to_list() == ["cus_4"]
    said = (
        "Not counted, as they were read from another account or with other columns: 2026-06, 2026-07, 2026-08; "
        "materialize them again."
    )
    check = newer.check("stripe_customers", "no_month_missing")
    assert (check.passed, said in str(check.description)) == (False, True)
    assert said in (newer.results / "report.html").read_text()


def test_what_was_made_of_other_columns_is_not_built_on(site: Site) -> None:
    assert site.reconcile().success
    fields = {name: label for name, label in FIELDS.items() if name != "stage"}
    newer = replace(site, sync=reconciliation(declaration(netsuite_fields=fields), site.sync.folders))
    for asset, stale in (("customer_matches", "netsuite_customers"), ("review_queue", "customer_matches")):
        said = f"{stale} was read from another account or with other columns; materialize it again."
        assert failure(newer.materialize(asset)) == said
        assert newer.materialize(stale).success


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
    assert keys.count("acme") == keys.count("acme_2") == 6
    assert len(keys) == 12
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


def _frames(site: Site) -> dict[str, bytes]:
    """What is kept of the two extracts."""
    folder = site.sync.folders.home / "frames" / site.sync.name
    kept = [*folder.glob("stripe_customers/*"), folder / "netsuite_customers.parquet"]
    return {path.name: path.read_bytes() for path in kept}


def _stripe_frame(root: Path) -> pl.DataFrame:
    since, until = datetime.fromisoformat("2026-06-01T00:00Z"), datetime.fromisoformat("2027-01-01T00:00Z")
    keys = ["netsuite_customer_id", "netsuite_block_integration", "netsuite_allow_integration"]
    return read_stripe_export(root / "stripe.csv", since=since, until=until, metadata_keys=keys).frame


def _materialized(result: dg.ExecuteInProcessResult) -> set[str]:
    return {
        event.asset_key.path[-1] for event in result.all_events if event.is_step_materialization and event.asset_key
    }
