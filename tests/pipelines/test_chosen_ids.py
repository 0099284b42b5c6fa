"""Stripe ids that people chose themselves are written back and taken back like any other, and hold nothing up."""

from collections.abc import Iterator
from pathlib import Path

import pytest

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
    plan = at.reconcile()
    result = at.apply(plan)
    assert result.success, sentences(result)
    assert set(at.statuses(plan).values()) == {"applied"}
    links = at.links()
    assert [links[n] for n in ("3", "5", "6")] == [
        ("cus_3", "cus_3", "cus_3"),
        ("old.id", "old.id", "old.idx\nold.id"),
        ("john@acme.com", "john@acme.com", "john@acme.comx\njohn@acme.com"),
    ]
    assert [links[chosen] for chosen in CHOSEN] == [("5",), ("6",)]
    assert at.apply(plan).success
    at.reconcile()
    assert at.metadata("write_plan")["changes"] == 0


@pytest.mark.rule("W10")
def test_an_undo_takes_out_just_the_chosen_id(at: Site) -> None:
    before = at.links()
    plan = at.reconcile()
    at.apply(plan)
    at.netsuite.edit(5, comments="old.idx\nold.id\nsee oldXid")
    result = at.undo(plan)
    assert result.success, sentences(result)
    assert at.links() == {**before, "5": (None, None, "old.idx\nsee oldXid")}
