"""What was applied of a plan is taken back, and can be applied again."""

import polars as pl
import pytest

from sandbox.netsuite_standin import STRIPE_FIELD
from schemas.words import LINK_FIELD, LINK_KEY
from tests.pipelines.api_world import NAME, Site, sentences


@pytest.fixture
def at(planned: Site) -> Site:
    return planned


@pytest.mark.rule("W8")
def test_a_customer_deleted_after_netsuite_was_written_is_an_outcome_and_can_be_undone(at: Site) -> None:
    before = at.netsuite.customers[2].values.copy()
    plan = at.plan_hash()
    assert at.apply(plan, system="netsuite").success
    at.stripe.delete("cus_2")
    assert at.apply(plan).success
    found = at.result("outcomes.csv").filter(pl.col("status") != "applied")
    assert found.select("change_id", "code").rows() == [(f"stripe:cus_2:{LINK_FIELD}", "gone")]
    assert at.undo(plan, ids=["cus_2"]).success
    after = at.netsuite.customers[2].values
    assert {name: value for name, value in after.items() if value} == {n: v for n, v in before.items() if v}


@pytest.mark.rule("W10")
@pytest.mark.rule("X2")
def test_undo_restores_the_world_and_the_plan_can_be_applied_again(at: Site) -> None:
    before = at.links()
    plan = at.plan()
    at.apply(plan)
    after = at.links()
    result = at.undo(plan)
    assert result.success, sentences(result)
    assert result.output_for_node(f"{NAME}__undo_plan") == {
        "changes/undone": 12,
        "changes/already": 0,
        "changes/conflict": 0,
        "changes/failed": 0,
        "changes/waiting": 0,
    }
    assert at.links() == before
    at.apply(plan)
    assert at.links() == after
    assert at.undo(plan, ids=["cus_2"]).success
    assert at.links() == {**after, "2": before["2"], "cus_2": before["cus_2"]}


@pytest.mark.rule("W10")
@pytest.mark.rule("W11")
def test_what_somebody_cleared_is_written_again_when_the_same_plan_is_made_again(at: Site) -> None:
    def clear() -> None:
        at.netsuite.edit(2, externalid=None, comments=None, **{STRIPE_FIELD: None})
        at.stripe.update("cus_2", {"metadata": {LINK_KEY: ""}})

    before = at.links()
    at.apply(at.plan_hash())
    after = at.links()
    clear()
    plan = at.plan()
    at.apply(plan)
    clear()
    assert at.plan() == plan
    assert at.apply(plan).success
    assert at.links() == after
    assert at.undo(plan).success
    assert at.links() == {**after, "2": before["2"], "cus_2": before["cus_2"]}
