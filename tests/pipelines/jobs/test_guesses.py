"""A guess is counted apart, and stays in the review after it was written, until a person has confirmed it."""

import pytest

from tests.pipelines.api_world import NAME, Site


def review(at: Site) -> dict[str, dict[str, str]]:
    return {row["stripe_customer_id"]: row for row in at.result("review.csv").to_dicts()}


@pytest.mark.rule("M8")
def test_a_guess_is_named_everywhere_and_waits_until_it_is_confirmed(at: Site) -> None:
    def page() -> str:
        return (at.sync.folders.results(NAME) / "report.html").read_text("utf-8")

    at.netsuite.insert(4, email="n3@acme.example")
    plan = at.reconcile()
    found = at.metadata("write_plan")
    assert (found["changes"], found["guesses"], found["guessed_customers"]) == (12, 4, 1)
    [guess] = at.result("guesses.csv").to_dicts()
    assert (guess["stripe_customer_id"], guess["netsuite_internal_id"]) == ("cus_3", "3")
    assert guess["reason"].startswith("email = email: equal; 1 other record shares it")
    sentence = "4 changes of 12 are guesses, for 1 customer"
    assert sentence in page()
    assert sentence in str(found["next_step"])
    assert "<strong>4 changes are guesses</strong>, for 1 customer" in page()
    assert review(at)["cus_3"]["outcome"] == "ambiguous"

    at.apply(plan)
    assert at.up_to("reconciliation_report").success
    assert at.metadata("write_plan")["changes"] == 0
    assert not (at.sync.folders.results(NAME) / "guesses.csv").exists()
    waiting = review(at)["cus_3"]
    assert waiting["outcome"] == "linked"
    assert "written as a guess: email = email: equal; 1 other record shares it" in waiting["reason"]
    assert waiting["what_to_do"].startswith("Nobody has confirmed this record: decide for it")
    assert list(review(at)) == ["cus_3", "cus_4"], "beside it only a customer without a record that one nearly fits"
    assert at.metadata("review_queue")["waiting"] == 2

    assert at.override("cus_3", "3").success
    assert at.up_to("reconciliation_report").success
    assert at.metadata("write_plan")["changes"] == 0
    assert review(at)["cus_3"]["what_to_do"].startswith("Nothing: a person decided this.")
    assert at.metadata("review_queue")["waiting"] == 1


def test_what_is_left_of_a_guess_is_a_guess_and_what_settles_itself_is_none(at: Site) -> None:
    at.netsuite.insert(4, email="n3@acme.example")
    plan = at.plan()
    at.netsuite.insert(5, email="n2@acme.example")
    at.apply(plan, ids=["cus_3"], system="netsuite")
    at.plan()
    assert at.metadata("write_plan")["guesses"] == 4 + 1  # those of cus_2, and the last one of cus_3
    at.netsuite.delete(5)
    at.apply(at.plan())
    assert at.up_to("reconciliation_report").success
    assert [name for name, row in review(at).items() if row["outcome"] == "linked"] == ["cus_3"]
