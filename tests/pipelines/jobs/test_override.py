"""A person's decision about one customer: when it counts, and what it overtakes."""

import pytest

from tests.pipelines.api_world import NAME, Site, sentences


@pytest.mark.rule("M8")
def test_a_decision_counts_from_the_next_run_on_and_can_be_withdrawn(at: Site) -> None:
    at.reconcile()
    assert at.override("cus_4", "3").success
    assert at.override("cus_1", "never", who="bob", why="a test account").success
    at.reconcile()
    outcomes = {r["stripe_customer_id"]: (r["outcome"], r["evidence"]) for r in at.result("matches.csv").to_dicts()}
    assert (outcomes["cus_4"], outcomes["cus_1"][0]) == (("matched", "override"), "held")
    review = {row["stripe_customer_id"]: row for row in at.result("review.csv").to_dicts()}
    assert "bob" in review["cus_1"]["decided"]
    assert "a test account" in review["cus_1"]["decided"]
    page = (at.sync.folders.results(NAME) / "report.html").read_text("utf-8")
    assert "cus_1: never link: bob, " in page
    assert at.override("cus_1", "withdraw").success
    at.reconcile()
    assert "cus_1" not in at.result("review.csv")["stripe_customer_id"].to_list()


@pytest.mark.rule("M8")
@pytest.mark.rule("X1")
def test_a_plan_that_a_decision_has_overtaken_is_refused(at: Site) -> None:
    plan = at.reconcile()
    at.override("cus_1", "never")
    [sentence] = sentences(at.apply(plan))
    assert "decided otherwise about 1 of its customers, cus_1 the first: reconcile" in sentence
    assert at.netsuite.saves == []
    assert at.apply(at.reconcile()).success
    assert (at.links()["cus_1"], at.links()["cus_2"]) == ((None,), ("2",))


@pytest.mark.rule("M8")
@pytest.mark.rule("W11")
def test_a_decision_corrects_a_link_that_was_written(at: Site) -> None:
    """NetSuite gives an external id to one record only, so the right record does without."""
    at.apply(at.reconcile())
    at.netsuite.insert(4, email="other@acme.example")
    at.override("cus_1", "4")
    result = at.apply(at.reconcile())
    assert result.success, sentences(result)
    assert (at.links()["cus_1"], at.links()["4"]) == (("4",), (None, "cus_1", "cus_1"))
    at.reconcile()
    assert at.metadata("write_plan")["changes"] == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("cus_1", "soon"), "'soon' is no decision"),
        (("cus_1", "0"), "'0' is no decision"),
        (("cus_1", "9223372036854775808"), "'9223372036854775808' is no decision; expected a record's internal id (a"),
        (("cus_1", "3", " "), "who is empty"),
        (("cus_1", "3", "ada", ""), "why is empty"),
        (("cus_9", "3"), "Stripe has no customer 'cus_9'"),
    ],
)
def test_a_decision_that_cannot_be_meant_is_refused(at: Site, given: tuple[str, ...], said: str) -> None:
    at.reconcile()
    [sentence] = sentences(at.override(*given))
    assert said in sentence
    assert at.sync.overrides().is_empty()
