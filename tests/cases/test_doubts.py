"""Evidence against evidence: what decides stays, and a person sees it before it is written."""

from pathlib import Path

import pytest

from pipelines.run import doubts
from tests.cases.running import planned, ran, reported

pytestmark = pytest.mark.rule("X18")

DOUBTED = {
    "link_wrong": ("A1", 1001, "link_contradicted", "5001"),
    "rules_differ": ("A1", 11, "rules_differ", "12"),
    "comment_neg": ("A1", 11, "negated", "11"),
    "merchant_mail": ("G3", 50, "shared_key", "6 Stripe customers"),
}


@pytest.mark.parametrize("name", DOUBTED)
def test_a_doubt_is_in_the_review_the_check_and_on_the_first_screen(name: str, tmp_path: Path) -> None:
    customer, record, kind, said = DOUBTED[name]
    with reported(name, tmp_path) as case:
        assert case.site is not None
        assert case.records[customer] == record
        assert f"{kind}: " in case.waiting[customer]
        assert said in case.waiting[customer]
        sentence = case.failed_checks["evidence_agrees"]
        page = (case.site.results / "report.html").read_text()
        assert page.index("Some evidence speaks against the record of") < page.index("What waits for a person, and why")
        assert "are planned nevertheless (on_doubt: note)" in sentence
        assert any(row["stripe_customer_id"] == f"cus_{customer}" for row in case.rows("plan.csv"))


@pytest.mark.parametrize("name", DOUBTED)
def test_a_doubt_is_kept_out_of_the_plan_by_setting(name: str, tmp_path: Path) -> None:
    customer, record, _, _ = DOUBTED[name]
    with reported(name, tmp_path, on_doubt="refuse") as case:
        assert case.records[customer] == record
        assert not any(row["stripe_customer_id"] == f"cus_{customer}" for row in case.rows("plan.csv"))
        assert "are kept out of the plan (on_doubt: refuse)" in case.failed_checks["evidence_agrees"]
        assert "until then" in next(
            str(row["what_to_do"]) for row in case.rows("review.csv") if row["stripe_customer_id"] == f"cus_{customer}"
        )


def test_neighbours_of_a_doubt_are_planned(tmp_path: Path) -> None:
    with planned("comment_neg", tmp_path, on_doubt="refuse") as case:
        assert {row["netsuite_internal_id"] for row in case.rows("plan.csv")} == {"12", "13"}


def test_the_terminal_says_it(tmp_path: Path) -> None:
    with ran("rules_differ", tmp_path) as case:
        assert case.result is not None
        [said] = [each for each in doubts(case.result) if each.startswith("customer_matches: ")]
        assert "rules that find different records: 1" in said


@pytest.mark.parametrize("name", ["many_subs", "two_to_one"])
def test_a_few_customers_of_one_company_are_no_doubt(name: str, tmp_path: Path) -> None:
    with planned(name, tmp_path) as case:
        assert "evidence_agrees" not in case.failed_checks
        assert case.planned
