"""Decisions of a file (X16): what a person writes and a spreadsheet does is read, and all are kept."""

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import fastexcel
import polars as pl
import pytest

from resources.ledger import Decisions
from schemas.words import InternalId, StripeId
from tests.pipelines.jobs.deciding import (
    REVIEWED,
    Row,
    as_csv,
    decide,
    reconciled,
    review,
    standing,
    written,
    xlsx,
)
from tests.reconciling import Site


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Site]:
    with reconciled(tmp_path) as site:
        yield site


@pytest.mark.rule("X16")
def test_the_review_has_two_empty_columns_at_its_end_and_is_a_workbook_with_the_same_cells(reviewed: Site) -> None:
    rows = review(reviewed)
    assert sorted(row["stripe_customer_id"].removeprefix("'") for row in rows) == REVIEWED
    assert list(rows[0])[-2:] == ["decision", "why"]
    assert {(row["decision"], row["why"]) for row in rows} == {("", "")}
    book = fastexcel.read_excel(reviewed.results / "review.xlsx")
    sheet = book.load_sheet(0, dtypes="string").to_polars()
    assert sheet.fill_null("").to_dicts() == rows


@pytest.mark.rule("X16")
def test_the_workbook_offers_what_can_be_decided(fresh: Site) -> None:
    with zipfile.ZipFile(fresh.results / "review.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert '<autoFilter ref="A1:' in sheet
    assert '<pane xSplit="1" ySplit="1"' in sheet
    offered = {text.partition('"')[0] for text in sheet.split('<formula1>"')[1:]}
    assert offered == {"7,8,never,later", "never,later"}
    assert decide(fresh, as_csv(written(fresh, {"cus_2": "never"}))) == []
    assert fresh.up_to("reconciliation_report").success
    with zipfile.ZipFile(fresh.results / "review.xlsx") as book:
        assert "never,later,withdraw" in book.read("xl/worksheets/sheet1.xml").decode()


@pytest.mark.rule("X16")
def test_decisions_of_every_kind_are_kept_and_counted(fresh: Site) -> None:
    chosen = {"cus_1": "8", "cus_2": "never", "cus_3": "later", "cus_5": "8, Acme, Inc., ap@acme.example", "-7": "7"}
    assert decide(fresh, as_csv(written(fresh, chosen))) == []
    said = (8, "Ada", "by phone")
    assert standing(fresh) == {"cus_1": said, "cus_2": (None, *said[1:]), "cus_5": said, "-7": (7, *said[1:])}
    assert fresh.up_to("reconciliation_report").success
    outcomes = {
        row["stripe_customer_id"]: row["outcome"] for row in pl.read_csv(fresh.results / "matches.csv").to_dicts()
    }
    assert (outcomes["cus_1"], outcomes["cus_2"], outcomes["cus_3"]) == ("matched", "held", "ambiguous")


@pytest.mark.rule("X16")
@pytest.mark.parametrize(
    "damage",
    [
        lambda rows: as_csv(rows, ";"),
        lambda rows: as_csv(rows, "\t").encode("utf-16"),
        lambda rows: b"\xef\xbb\xbf" + as_csv(rows).encode(),
        lambda rows: as_csv(sorted(rows, key=lambda row: row["email"], reverse=True)),
        lambda rows: as_csv([row for row in rows if row["decision"]]),
        lambda rows: as_csv([{"notes": "x", **dict(reversed(row.items())), "more": "1;2"} for row in rows]),
        lambda rows: as_csv([{name: row[name] for name in ("stripe_customer_id", "decision", "why")} for row in rows]),
        lambda rows: as_csv([row | {"decision": row["decision"].replace("8", " 8.0 ")} for row in rows]),
        lambda rows: as_csv(
            [row | {"decision": row["decision"].replace("8", "８").replace("N", "Ｎ")} for row in rows]
        ),
        lambda rows: as_csv([row | {"decision": f"\u200b{row['decision']}\u00a0"} for row in rows]),
    ],
    ids=[
        *("semicolons", "utf-16", "bom", "sorted", "filtered", "more columns", "fewer columns", "fraction"),
        *("full-width", "unseen"),
    ],
)
def test_what_a_spreadsheet_does_is_survived(reviewed: Site, damage: Callable[[list[Row]], str | bytes]) -> None:
    assert decide(reviewed, damage(written(reviewed, {"cus_1": "8", "-7": "NEVER"}, why="sagt Büro"))) == []
    assert standing(reviewed) == {"cus_1": (8, "Ada", "sagt Büro"), "-7": (None, "Ada", "sagt Büro")}


@pytest.mark.rule("X16")
def test_the_run_s_own_workbook_and_one_made_of_the_csv_are_read(reviewed: Site) -> None:
    xlsx(reviewed.sync.folders.root / "mine.xlsx", written(reviewed, {"cus_1": "8", "cus_2": "never"}), numbers=True)
    assert decide(reviewed, file="mine.xlsx") == []
    assert standing(reviewed) == {"cus_1": (8, "Ada", "by phone"), "cus_2": (None, "Ada", "by phone")}


def test_a_file_may_be_named_from_the_home_folder(reviewed: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(reviewed.sync.folders.root))
    assert decide(reviewed, as_csv(written(reviewed, {"cus_1": "8"})), file="~/mine.csv") == []
    assert standing(reviewed) == {"cus_1": (8, "Ada", "by phone")}


@pytest.mark.rule("X16")
def test_another_encoding_is_read_where_it_is_named_and_refused_where_not(reviewed: Site) -> None:
    rows = written(reviewed, {"cus_1": "8"}, why="sagt Büro")
    [sentence] = decide(reviewed, as_csv(rows).encode("cp1252"))
    assert "mine.csv is not UTF-8 (line " in sentence
    assert "ENCODING=cp1252" in sentence
    assert decide(reviewed, encoding="cp1252") == []
    assert standing(reviewed) == {"cus_1": (8, "Ada", "sagt Büro")}


@pytest.mark.rule("X16")
@pytest.mark.parametrize("why", ["'twas Bob", "''twas Bob", "'=1", "=1", "-", "'", "it's"])
def test_apostrophes_of_escaping_go_and_those_of_people_stay(reviewed: Site, why: str) -> None:
    escaped = "'" + why if why[0] in "'=-" else why
    assert decide(reviewed, as_csv(written(reviewed, {"cus_1": "8"}, why=escaped))) == []
    assert standing(reviewed)["cus_1"][2] == why
    assert decide(reviewed, as_csv(written(reviewed, {"cus_2": "never"}, why="'twas Bob"))) == []
    assert standing(reviewed)["cus_2"][2] == "'twas Bob"


@pytest.mark.rule("X16")
def test_what_was_decided_meanwhile_is_not_decided_over(fresh: Site) -> None:
    before = written(fresh, {"cus_1": "8", "cus_2": "never"})
    with fresh.sync.ledger() as ledger:
        Decisions(ledger, "acme").decide(StripeId("cus_1"), "link", InternalId(7), "Bob", "by mail")
    [sentence] = decide(fresh, as_csv(before))
    assert "(cus_1): 'link to 7: Bob, " in sentence
    assert ": by mail' was decided since; reconcile first" in sentence
    assert set(standing(fresh)) == {"cus_1"}
    assert fresh.up_to("reconciliation_report").success
    now = written(fresh, {"cus_1": "8", "cus_2": "never"})
    assert decide(fresh, as_csv(now)) == []
    assert {name: row[0] for name, row in standing(fresh).items()} == {"cus_1": 8, "cus_2": None}
    assert decide(fresh, as_csv(now)) == []  # the same again is no other decision
    with fresh.sync.ledger() as ledger:
        Decisions(ledger, "acme").decide(StripeId("cus_1"), "withdrawn", None, "Bob", "a mistake")
    assert "(cus_1): the decision that this row shows was taken back since" in decide(fresh, as_csv(now))[0]


@pytest.mark.rule("X16")
def test_a_decision_is_taken_back_by_a_file(fresh: Site) -> None:
    assert decide(fresh, as_csv(written(fresh, {"cus_1": "8", "cus_gone1": "never"}))) == []
    assert fresh.up_to("reconciliation_report").success
    assert decide(fresh, as_csv(written(fresh, {"cus_1": "withdraw", "cus_gone1": "withdraw"}))) == []
    assert standing(fresh) == {}


def test_whoever_signed_in_decides_under_their_own_name_by_files_of_the_checkout(reviewed: Site) -> None:
    elsewhere = reviewed.sync.folders.root.parent / "elsewhere.csv"
    elsewhere.write_text("secret,decision\n")
    [sentence] = decide(reviewed, file=str(elsewhere), signed_in="Carol")
    assert sentence.startswith("Whoever signs in to the UI names files (.csv or .xlsx) of the checkout")
    row = {"stripe_customer_id": "cus_1", "decision": "never", "why": "a test account"}
    assert decide(reviewed, as_csv([row]), signed_in="Carol", who="Eve") == []
    assert standing(reviewed)["cus_1"][1] == "Carol"
