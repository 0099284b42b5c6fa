"""A person's decision about one customer: when it counts, and what it overtakes."""

from collections.abc import Iterator

import pytest

from tests.pipelines.api_world import NAME, Site, sentences, site


@pytest.mark.rule("M8")
def test_a_decision_counts_from_the_next_run_on_and_can_be_withdrawn(at: Site) -> None:
    at.plan()
    assert at.override(" cus_4\u200b", "\uff13").success  # as copied, and from a Japanese keyboard
    assert at.override("cus_1", "never", who="bob", why="a test account").success
    assert at.up_to("reconciliation_report").success
    outcomes = {r["stripe_customer_id"]: (r["outcome"], r["evidence"]) for r in at.result("matches.csv").to_dicts()}
    assert (outcomes["cus_4"], outcomes["cus_1"][0]) == (("matched", "override"), "held")
    review = {row["stripe_customer_id"]: row for row in at.result("review.csv").to_dicts()}
    assert "bob" in review["cus_1"]["decided"]
    assert "a test account" in review["cus_1"]["decided"]
    page = (at.sync.folders.results(NAME) / "report.html").read_text("utf-8")
    assert "cus_1: never link: bob, " in page
    assert at.override("cus_1", "withdraw").success
    assert at.up_to("reconciliation_report").success
    assert "cus_1" not in at.result("review.csv")["stripe_customer_id"].to_list()


@pytest.mark.rule("M8")
@pytest.mark.rule("X1")
def test_a_plan_that_a_decision_has_overtaken_is_refused(at: Site) -> None:
    plan = at.plan()
    at.override("cus_1", "never")
    [sentence] = sentences(at.apply(plan))
    assert "decided otherwise about 1 of its customers, cus_1 the first: reconcile" in sentence
    assert at.netsuite.saves == []
    assert at.apply(at.plan()).success
    assert (at.links()["cus_1"], at.links()["cus_2"]) == ((None,), ("2",))


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """What was read, once for all decisions that change nothing; a lead, and a customer that is gone from Stripe."""
    with site(tmp_path_factory.mktemp("read")) as made:
        made.netsuite.insert(5, email="lead@acme.example", stage="LEAD")
        made.netsuite.insert(6, email="old@acme.example", externalid="cus_gone")
        assert made.up_to("write_plan", "review_queue").success
        yield made


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("cus_1", "soon"), "'soon' is no decision"),
        (("cus_1", "0"), "'0' is no decision"),
        (("cus_1", "9223372036854775808"), "'9223372036854775808' is no decision; expected a record's internal id (a"),
        (("cus_1", "later"), "later is no decision about one customer: nothing was recorded"),
        (("cus_1", "77"), "NetSuite has no record 77, as far as it was read; check the id, or reconcile first"),
        (("cus_1", "5"), "record 5 is no customer, but a lead or a prospect"),
        (("cus_1", "3", " "), "who is empty"),
        (("cus_1", "3", "ada", ""), "why is empty"),
        (
            ("cus_9", "3"),
            "'cus_9': Stripe has no such customer, as far as it was read; check the id, or reconcile first",
        ),
        (("cus_9", "never"), "'cus_9': Stripe has no such customer, as far as it was read; check the id"),
        (("cus_gone", "3"), "'cus_gone': Stripe has no such customer, as far as it was read; it was deleted, so that"),
    ],
)
@pytest.mark.rule("M8", "X16")
def test_a_decision_that_cannot_be_meant_is_refused(read: Site, given: tuple[str, ...], said: str) -> None:
    [sentence] = sentences(read.override(*given))
    assert said in sentence
    assert read.sync.overrides().is_empty()


@pytest.mark.rule("X11")
def test_a_customer_that_is_gone_and_that_a_record_names_can_be_left(read: Site) -> None:
    assert read.override("cus_gone", "never").success
    assert read.override("cus_gone", "withdraw").success


def test_before_anything_was_read_nothing_can_be_checked(at: Site) -> None:
    [sentence] = sentences(at.override("cus_1", "never"))
    assert "No customers were read yet, so that nothing can be checked: make run NAME=acme first." in sentence
