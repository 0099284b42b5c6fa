"""A file with a decision that cannot be meant (X16): the cell is named, and nothing is kept."""

import pytest
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from assets.planning.decision_file import DecisionFile, decisions_in
from resources.ledger import Decisions, NewDecision
from schemas.errors import UserError
from schemas.words import StripeId
from tests.pipelines.jobs.deciding import (
    as_csv,
    decide,
    standing,
    written,
    xlsx,
)
from tests.reconciling import Site

BAD = {
    "unknown record": ({"cus_1": "77"}, "NetSuite has no record 77"),
    "lead": ({"cus_1": "10"}, "record 10 is no customer, but a lead or a prospect"),
    "word": ({"cus_1": "nevr"}, "'nevr' is no decision; write an internal id, never, later or withdraw"),
    "name": ({"cus_1": "Bee GmbH"}, "a text of 8 characters is no decision"),
    "details of another": ({"cus_1": "9, Bee, bee@bee.example"}, "'9, …' is no decision"),
    "sign": ({"cus_1": "?"}, "a text of 1 character is no decision"),
    "error": ({"cus_1": "#REF!"}, "'#REF!' is no decision"),
    "scientific": ({"cus_1": "1.04E+03"}, "'1.04E+03' is a number that a spreadsheet has rewritten"),
    "grouped": ({"cus_1": "1,042"}, "'1,042' is a number that a spreadsheet has rewritten"),
    "gone to a record": ({"cus_gone1": "7"}, "Stripe has no such customer, as far as it was read; it was deleted"),
}


@pytest.mark.rule("X16")
@pytest.mark.parametrize(("decisions", "said"), BAD.values(), ids=list(BAD))
def test_a_cell_that_cannot_be_meant_is_named_and_nothing_is_kept(
    reviewed: Site, decisions: dict[str, str], said: str
) -> None:
    rows = written(reviewed, {"cus_2": "never"} | decisions)
    [customer] = decisions
    line = [row["stripe_customer_id"] for row in rows].index(customer) + 2
    [sentence] = decide(reviewed, as_csv(rows))
    column = "stripe_customer_id" if customer == "cus_gone1" else "decision"
    assert f"mine.csv: line {line}, column '{column}' ({customer}): {said}" in sentence
    assert standing(reviewed) == {}


@pytest.mark.rule("X16")
def test_an_id_that_has_lost_its_zeros_is_refused_with_the_one_it_was(reviewed: Site) -> None:
    rows = written(reviewed, {"00123": "8", "cus_1": "8"})
    xlsx(reviewed.sync.folders.root / "mine.xlsx", rows, numbers=True)
    row = [row["stripe_customer_id"] for row in rows].index("00123") + 2
    [sentence] = decide(reviewed, file="mine.xlsx")
    assert (
        f"mine.xlsx: cell A{row} (123): there is no such customer, but '00123'; as spreadsheets drop zeros" in sentence
    )
    assert standing(reviewed) == {}
    xlsx(reviewed.sync.folders.root / "mine.xlsx", rows)
    assert decide(reviewed, file="mine.xlsx") == []
    assert set(standing(reviewed)) == {"00123", "cus_1"}


@pytest.mark.rule("X16")
def test_unknown_customers_and_empty_cells_are_named_all_at_once(reviewed: Site) -> None:
    rows = [
        *({"stripe_customer_id": name, "decision": "never", "why": "x"} for name in ("cus_9", "4.93E+11", "")),
        {"stripe_customer_id": "cus_1", "decision": "8", "why": ""},
    ]
    [sentence] = decide(reviewed, as_csv(rows))
    assert "line 2, column 'stripe_customer_id' (cus_9): Stripe has no such customer" in sentence
    assert (
        "line 3, column 'stripe_customer_id' (4.93E+11): Stripe has no such customer, as far as it was read (a"
        in sentence
    )
    assert "line 4, column 'stripe_customer_id': it is empty" in sentence
    assert "line 5, column 'why' (cus_1): it is empty; say why there, or WHY= for all rows without" in sentence
    assert decide(reviewed, as_csv(rows[3:]), why="the list of June") == []
    assert standing(reviewed) == {"cus_1": (8, "Ada", "the list of June")}


@pytest.mark.rule("X16")
def test_one_customer_twice_is_one_decision_or_refused(reviewed: Site) -> None:
    rows = written(reviewed, {"cus_1": "8"})
    twice = [*rows, *(row for row in rows if row["decision"])]
    [sentence] = decide(reviewed, as_csv([*rows, *(row | {"decision": "7"} for row in twice[-1:])]))
    assert f"line {len(rows) + 2}, column 'decision' (cus_1): '7', and another row says '8'" in sentence
    assert standing(reviewed) == {}
    assert decide(reviewed, as_csv(twice)) == []
    assert standing(reviewed) == {"cus_1": (8, "Ada", "by phone")}


@pytest.mark.rule("X16")
def test_the_review_of_another_declaration_is_refused(reviewed: Site) -> None:
    rows = [
        row | {"what_to_do": row["what_to_do"].replace("acme_", "beta_")} for row in written(reviewed, {"cus_1": "8"})
    ]
    [sentence] = decide(reviewed, as_csv(rows))
    assert "mine.csv is the review of beta, not of acme (line " in sentence
    assert standing(reviewed) == {}


@pytest.mark.rule("X16")
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            "stripe_customer_id,outcome\ncus_1,x\n",
            "has no column 'decision'; its columns are: stripe_customer_id, outcome",
        ),
        ("stripe_customer_id,decision,decision\ncus_1,8,7\n", "has 2 columns labelled 'decision'; remove one"),
        ("", "mine.csv is empty"),
        ("stripe_customer_id,decision,why\ncus_1,8\n", "mine.csv"),
    ],
)
def test_another_file_is_refused(reviewed: Site, content: str, said: str) -> None:
    [sentence] = decide(reviewed, content)
    assert said in sentence
    assert standing(reviewed) == {}


def test_no_file_and_nobody_are_refused(reviewed: Site) -> None:
    assert "There is no file" in decide(reviewed, file="other.csv")[0]
    assert "There is no file" in decide(reviewed, file=".")[0]
    assert decide(reviewed, as_csv(written(reviewed, {"cus_1": "8"})), who=" ") == [
        "who is empty; a decision needs who decides."
    ]
    assert standing(reviewed) == {}


@pytest.mark.rule("X16")
def test_a_decision_at_the_same_moment_keeps_all_of_them_out(reviewed: Site) -> None:
    with reviewed.sync.ledger() as ledger:
        decisions = Decisions(ledger, "acme")
        seen = decisions.number_of_last()
        decisions.decide(StripeId("cus_5"), "never", None, "Bob", "x")
        with pytest.raises(UserError, match="at this very moment"):
            decisions.decide_all([NewDecision(StripeId("cus_1"), "never", None, "x")], "Ada", seen=seen)
    assert set(standing(reviewed)) == {"cus_5"}


@pytest.mark.rule("X16")
def test_the_cell_is_named_as_a_spreadsheet_shows_it(reviewed: Site) -> None:
    rows = written(reviewed, {"cus_1": "soon", "cus_2": "never"})
    where = [row["stripe_customer_id"] for row in rows].index("cus_1")
    with xlsxwriter.Workbook(reviewed.sync.folders.root / "mine.xlsx") as book:
        book.add_worksheet()
        sheet = book.add_worksheet()
        sheet.write_row(2, 1, list(rows[0]))
        for line, row in enumerate(rows, 4):  # a line, a column and two rows are left empty
            sheet.write_row(line, 1, list(row.values()))
    [sentence] = decide(reviewed, file="mine.xlsx")
    column = xl_col_to_name(1 + list(rows[0]).index("decision"))
    assert f"cell {column}{5 + where} (cus_1): a text of 4 characters is no decision" in sentence
    assert standing(reviewed) == {}


@pytest.mark.rule("X16")
@pytest.mark.parametrize(
    ("value", "said"), [("#N/A", "it shows #N/A"), ("", "it has a formula that was never computed")]
)
def test_a_formula_without_a_result_is_no_empty_cell(reviewed: Site, value: str, said: str) -> None:
    rows = written(reviewed, {"cus_1": "8", "cus_2": "never"})
    where = 1 + [row["stripe_customer_id"] for row in rows].index("cus_1")
    column = list(rows[0]).index("decision")
    with xlsxwriter.Workbook(reviewed.sync.folders.root / "mine.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, list(rows[0]))
        for line, row in enumerate(rows, 1):
            sheet.write_row(line, 0, list(row.values()))
        sheet.write_formula(where, column, "=VLOOKUP(A2,Z:Z,1)", value=value)
        sheet.write_formula(where, 40, "=1/0", value="#DIV/0!")  # elsewhere it does no harm
    [sentence] = decide(reviewed, file="mine.xlsx")
    assert f"cell {xl_col_to_name(column)}{where + 1}: {said}" in sentence
    assert "#DIV/0!" not in sentence
    assert standing(reviewed) == {}


@pytest.mark.rule("X16")
def test_a_why_without_a_decision_is_pointed_at_before_anything_is_kept(reviewed: Site) -> None:
    rows = written(reviewed, {"cus_1": "8", "cus_2": "never"})
    where = [row["stripe_customer_id"] for row in rows].index("cus_2")
    rows[where]["decision"] = " "
    (reviewed.sync.folders.root / "mine.csv").write_text(as_csv(rows), encoding="utf-8")
    found = decisions_in(reviewed.sync, DecisionFile(file="mine.csv", who="Ada"))
    assert [each.customer for each in found.new] == ["cus_1"]
    assert (found.silent, list(found.undecided)) == (1, [f"line {where + 2}, column 'decision'"])
