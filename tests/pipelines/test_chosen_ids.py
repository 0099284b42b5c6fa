"""Stripe ids that people chose themselves go into fields of their own, are taken back like any other, hold nothing up.

They could be any number or word, so comments and external ids, where they would tell nothing, do not get them.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.netsuite_standin import STRIPE_FIELD
from schemas.words import LINK_KEY
from tests.pipelines.api_world import MOMENT, Site, sentences, site

CHOSEN = ("old.id", "john@acme.com")


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as made:
        for number, chosen in enumerate(CHOSEN, 5):
            made.netsuite.insert(number, email=f"n{number}@acme.example", comments=f"{chosen}x")
            made.stripe.load([(chosen, MOMENT + number, {"email": f"n{number}@acme.example"})])
        yield made


@pytest.mark.rule("W3")
def test_chosen_ids_are_written_with_all_others_and_a_second_run_plans_nothing(at: Site) -> None:
    plan = at.plan()
    result = at.apply(plan)
    assert result.success, sentences(result)
    assert set(at.statuses(plan).values()) == {"applied"}
    links = at.links()
    assert [links[n] for n in ("3", "5", "6")] == [
        ("cus_3", "cus_3", "cus_3"),
        (None, "old.id", "old.idx"),
        (None, "john@acme.com", "john@acme.comx"),
    ]
    assert [links[chosen] for chosen in CHOSEN] == [("5",), ("6",)]
    assert at.apply(plan).success
    at.plan()
    assert at.metadata("write_plan")["changes"] == 0


@pytest.mark.rule("W10")
def test_an_undo_takes_out_just_the_chosen_id(at: Site) -> None:
    before = at.links()
    plan = at.plan()
    at.apply(plan)
    at.netsuite.edit(5, comments="old.idx\nold.id\nsee oldXid", externalid="old.id")
    result = at.undo(plan)
    assert result.success, sentences(result)
    assert at.links() == {**before, "5": ("old.id", None, "old.idx\nold.id\nsee oldXid")}


@pytest.mark.rule("W8")
def test_a_placeholder_is_replaced_over_both_services_and_comes_back_with_an_undo(at: Site) -> None:
    at.netsuite.edit(3, **{STRIPE_FIELD: "N/A"})
    at.stripe.load([("cus_7", MOMENT + 7, {"email": "n2@acme.example", "metadata": {LINK_KEY: "null"}})])
    before = at.links()
    assert (before["3"][1], before["cus_7"]) == ("N/A", ("null",))
    plan = at.plan()
    assert at.metadata("write_plan")["relinks"] == 0
    assert at.apply(plan).success
    assert set(at.statuses(plan).values()) == {"applied"}
    links = at.links()
    assert (links["3"][1], links["cus_7"]) == ("cus_3", ("2",))
    at.undo(plan)
    assert at.links() == before
