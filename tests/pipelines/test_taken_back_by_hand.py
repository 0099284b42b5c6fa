"""The same from two export files: what import files had put there is taken back by import files (M8)."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
import pytest

from assets.report.import_files import CLEAR_COMMENTS_FILE, CLEAR_FILE
from resources.ledger import Decisions
from schemas.words import InternalId, StripeId
from tests.reconciling import Site, declaration, site_at

Row = dict[str, str]
OTHER = "10,,,,new@acme.example,Acme Holding,Customer,No\n"
NEARLY = "cus_5,,Acme-Holding,2026-09-02 00:00,\n"
OURS = "netsuite:7:comments:remove:cus_1"


@dataclass
class Story:
    """Files were imported; then the older of two customers of a record was decided to another one, by files again."""

    plan: pl.DataFrame
    files: dict[str, list[Row]]
    notes: str
    left: pl.DataFrame
    left_files: set[str]
    records: dict[str, Row]
    customers: dict[str, Row]
    suggested: list[str]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("by_hand")
    with site_at(folder, declaration(near_misses=False)) as at:
        with (folder / "netsuite.csv").open("a") as file:
            file.write(OTHER)
        with (folder / "stripe.csv").open("a") as file:
            file.write(NEARLY)
        assert at.up_to("reconciliation_report").success
        import_all(at, folder)
        with at.sync.ledger() as ledger:
            decisions = Decisions(ledger, "acme")
            decisions.decide(StripeId("cus_1"), "link", InternalId(10), "Ada", "by phone")
            decisions.decide(StripeId("cus_2"), "never", None, "Ada", "another Bee")
        assert at.reconcile().success
        plan, notes = planned(at), (at.results / "import_notes.txt").read_text()
        files = {path.name: rows(path) for path in at.results.glob("*.csv")}
        import_all(at, folder)
        assert at.up_to("reconciliation_report").success
        records = {row["Internal ID"]: row for row in rows(folder / "netsuite.csv")}
        customers = {row["id"]: row for row in rows(folder / "stripe.csv")}
        asking = replace(at, sync=replace(at.sync, declaration=declaration()))
        assert asking.materialize("review_queue").success
        suggested = asking.sync.frames.read("review_queue").collect().get_column("stripe_customer_id").to_list()
        left_files = {path.name for path in at.results.iterdir()}
        yield Story(plan, files, notes, planned(at), left_files, records, customers, suggested)


def planned(at: Site) -> pl.DataFrame:
    return pl.read_csv(at.results / "plan_exact.csv", infer_schema=False)


def rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def import_all(at: Site, folder: Path) -> None:
    """What the assistant makes of the files, in their order: a blank cell empties its field if that is asked for."""
    for name in (CLEAR_FILE, CLEAR_COMMENTS_FILE, "netsuite_import.csv", "netsuite_import_comments.csv"):
        if (at.results / name).exists():
            merge(folder / "netsuite.csv", "Internal ID", rows(at.results / name), overwrites="clear" in name)
    given = [{"id": row["id"], LINK: row["netsuite_customer_id"]} for row in rows(at.results / "stripe_updates.csv")]
    merge(folder / "stripe.csv", "id", given, overwrites=True)


LINK = "netsuite_customer_id (metadata)"


def merge(file: Path, key: str, given: list[Row], *, overwrites: bool) -> None:
    there = rows(file)
    for row in given:
        [held] = [each for each in there if each[key] == row[key]]
        held |= {name: text for name, text in row.items() if text or overwrites}
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, list(there[0]))
        writer.writeheader()
        writer.writerows(there)


def test_what_our_import_files_put_there_is_planned_to_go_and_what_was_there_before_stays(story: Story) -> None:
    taken = story.plan.filter(pl.col("action").is_in(["clear", "remove"]))
    assert taken["change_id"].to_list() == [OURS, "netsuite:7:external_id:clear", "netsuite:7:stripe_id:clear"]
    kept = {name: story.records["8"][name] for name in ("External ID", "Stripe Customer Id", "Comments")}
    assert kept == dict.fromkeys(kept, "cus_2"), "the exports had them before the first plan"
    assert story.customers["cus_2"][LINK] == "8"


def test_the_files_that_clear_have_only_what_is_cleared(story: Story) -> None:
    assert story.files[CLEAR_FILE] == [{"Internal ID": "7", "External ID": "", "Stripe Customer Id": ""}]
    assert story.files[CLEAR_COMMENTS_FILE] == [{"Internal ID": "7", "Comments": "pays late\ncus_3"}]
    assert [row["Internal ID"] for row in story.files["netsuite_import_comments.csv"]] == ["10"]
    assert (
        "netsuite_clear.csv takes back what Tieout put into 1 record before a person decided otherwise." in story.notes
    )
    assert "'Overwrite Missing Fields' on" in story.notes
    assert "one file at a time, netsuite_import.csv first after those that clear." in story.notes


@pytest.mark.rule("W11")
def test_after_their_import_nothing_is_planned(story: Story) -> None:
    assert story.left.is_empty()
    assert story.records["7"]["Stripe Customer Id"] == "cus_3", "the record's other customer has it now"
    assert story.records["10"]["External ID"] == "cus_1"
    assert story.customers["cus_1"][LINK] == "10"


def test_files_that_the_next_run_has_no_use_for_are_not_left_to_be_imported_again(story: Story) -> None:
    assert not {CLEAR_FILE, CLEAR_COMMENTS_FILE} & story.left_files


@pytest.mark.rule("X15")
def test_near_misses_are_listed_unless_the_declaration_says_no(story: Story) -> None:
    assert "cus_5" in story.suggested
    assert "cus_5" not in {row["stripe_customer_id"] for row in story.files["review.csv"]}
