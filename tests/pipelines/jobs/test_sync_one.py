"""One NetSuite customer on demand: planned, applied within the limits, and answered in its record (P5)."""

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipelines.jobs.sync_one import CUSTOMER_TAG
from pipelines.sync_requests import MOST_TRIES
from sandbox.netsuite_standin import STRIPE_FIELD, Options
from sandbox.netsuite_standin.visitors import Visitors
from sandbox.netsuite_standin.world import SYNC_ANSWER, SYNC_REQUEST
from tests.pipelines.api_world import NAME, Site, sentences
from tests.pipelines.checkpoint import Checkpoint
from tests.pipelines.test_to_stripe import TO_STRIPE, made_for, world

AUTO = {"mode": "auto"}
ROOM = {"most_creates": 1, "most_stripe_creates": 1}


@pytest.fixture(scope="module")
def begun_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkpoint]:
    with world(tmp_path_factory.mktemp("begun") / "site", writes=AUTO, brakes=ROOM) as made:
        begun(made)
        yield Checkpoint(made)


@pytest.fixture
def at(begun_once: Checkpoint) -> Site:
    """A site that writes by itself, whose first plan a person has approved for everybody but records 5 to 8."""
    return begun_once.restored()


def begun(at: Site) -> None:
    plan = at.plan()
    result = at.apply(plan, ids=["cus_1", "cus_2", "cus_3"])
    assert result.success, sentences(result)


def press(at: Site, record: int, options: Options | None = None) -> None:
    """Press the button on the page of a record."""
    screen = Visitors(at.netsuite, options or Options(), "", lambda: nullcontext(enter_result=True))
    assert screen.press(str(record), "requestSync") == {"reload": True}


def sync(at: Site, record: int) -> dg.ExecuteInProcessResult:
    return at.run("sync_one", {"ops": {f"{NAME}__sync_customer": {"config": {"internal_id": record}}}})


def answer(at: Site, record: int) -> str:
    """What the answer field says; the box is unticked."""
    assert at.netsuite.value(record, SYNC_REQUEST) is False
    return str(at.netsuite.value(record, SYNC_ANSWER)).partition(" UTC: ")[2]


def tick(at: Site) -> Any:  # noqa: ANN401  what Dagster gives
    sensor = at.definitions.resolve_sensor_def(f"{NAME}_sync_requests")
    return sensor.evaluate_tick(dg.build_sensor_context(instance=at.instance, definitions=at.definitions))


def started(at: Site) -> list[dg.RunRequest]:
    """What the sensor starts."""
    return list(tick(at).run_requests or [])


def why_none(at: Site) -> str:
    """Why the sensor starts nothing."""
    found = tick(at)
    assert not found.run_requests
    return str(found.skip_message)


@pytest.mark.rule("P5")
def test_a_customer_whom_stripe_has_is_linked_on_both_sides_and_answered(at: Site) -> None:
    press(at, 8)  # its e-mail is that of cus_4, in another case
    result = sync(at, 8)
    assert result.success, sentences(result)
    assert at.link_of("cus_4") == "8"
    assert at.netsuite.value(8, STRIPE_FIELD) == "cus_4"
    assert answer(at, 8).startswith("This customer is cus_4 in Stripe. Changes: 4 written. Written: ")
    assert at.result("sync_one_outcomes.csv").get_column("status").to_list() == ["applied"] * 4
    assert at.result("outcomes.csv").height > 4  # of the last plan that a person has approved
    assert made_for(at, 5) == []


@pytest.mark.rule("P5")
@pytest.mark.rule("P2")
def test_a_customer_whom_stripe_has_not_is_made_once_though_it_is_asked_for_twice(at: Site) -> None:
    for said in ("was made in Stripe for this customer. Changes: ", "Nothing had to be written."):
        press(at, 5)
        result = sync(at, 5)
        assert result.success, sentences(result)
        assert said in answer(at, 5)
    [customer] = made_for(at, 5)
    assert at.netsuite.value(5, STRIPE_FIELD) == customer
    assert answer(at, 5) == f"This customer is {customer} in Stripe. Nothing had to be written."
    assert made_for(at, 6) == []


@pytest.mark.rule("P2")
def test_whoever_came_to_stripe_since_the_last_read_is_found_and_nobody_made(at: Site) -> None:
    at.stripe.create({"email": "n5@acme.example"}, customer_id="cus_new")
    press(at, 5)
    assert sync(at, 5).success
    assert at.netsuite.value(5, STRIPE_FIELD) == "cus_new"
    assert made_for(at, 5) == ["cus_new"]


def test_what_changed_in_the_record_since_the_last_read_is_seen(at: Site) -> None:
    at.netsuite.edit(7, email="n4@acme.example")
    at.netsuite.edit(8, email=None)
    press(at, 7)
    assert sync(at, 7).success
    assert (
        answer(at, 7).startswith("In Stripe this customer is conflict") or at.netsuite.value(7, STRIPE_FIELD) == "cus_4"
    )


@pytest.mark.rule("P5")
@pytest.mark.rule("X9")
def test_beyond_the_limits_nothing_is_written_and_the_answer_says_which(tmp_path: Path) -> None:
    with world(tmp_path, writes=AUTO) as at:  # nobody may be made without a person
        begun(at)
        press(at, 5)
        assert sync(at, 5).success
        assert made_for(at, 5) == []
        said = answer(at, 5)
        assert "Planned and not written: " in said
        assert "because expected at most 500 changes" in said


@pytest.mark.rule("P5")
@pytest.mark.rule("W5")
def test_where_a_person_approves_the_answer_names_the_plan_which_can_then_be_applied(tmp_path: Path) -> None:
    with world(tmp_path) as at:
        begun(at)
        press(at, 8)
        assert sync(at, 8).success
        said = answer(at, 8)
        assert "a person approves what is written (writes.mode: review)" in said
        assert at.netsuite.value(8, STRIPE_FIELD) is None
        result = at.apply(said.rstrip(".").rpartition(" ")[2])
        assert result.success, sentences(result)
        assert at.netsuite.value(8, STRIPE_FIELD) == "cus_4"


@pytest.mark.rule("W10")
def test_what_the_button_did_can_be_taken_back(at: Site) -> None:
    before = at.approved()
    assert sync(at, 8).success
    assert at.link_of("cus_4") == "8"
    [plan] = at.approved() - before
    assert at.undo(plan).success
    assert (at.link_of("cus_4"), at.netsuite.value(8, STRIPE_FIELD)) == (None, None)


@pytest.mark.rule("P5")
def test_a_customer_whom_the_search_leaves_out_is_a_sentence_and_the_run_fails(at: Site) -> None:
    result = sync(at, 404)
    assert not result.success
    [said] = sentences(result)
    assert said == "The saved search customsearch_tieout does not find this customer: its criteria leave it out."


def test_a_refusal_is_answered_and_the_other_changes_are_written(at: Site) -> None:
    at.netsuite.refuse(8, "externalid", "USER_ERROR", "Not this.")
    press(at, 8, Options())
    assert sync(at, 8).success
    said = answer(at, 8)
    assert "External ID: USER_ERROR: Not this." in said
    assert at.netsuite.value(8, STRIPE_FIELD) == "cus_4"


def test_before_everything_was_read_the_answer_says_to_let_a_reconcile_run(tmp_path: Path) -> None:
    with world(tmp_path, writes=AUTO) as at:
        press(at, 8)
        assert not sync(at, 8).success
        assert "Let it run first" in answer(at, 8)


@pytest.mark.rule("P5")
def test_a_press_during_the_work_is_not_answered_by_it(at: Site) -> None:
    press(at, 8)
    again = "Requested at 2026-01-01T10:00:00.000Z; no answer yet."
    at.netsuite.interfere("record.save", lambda: at.netsuite.edit(8, custentity_tieout_sync_answer=again))
    assert sync(at, 8).success
    assert at.netsuite.value(8, SYNC_REQUEST) is True
    assert at.netsuite.value(8, SYNC_ANSWER) == again
    [run] = started(at)
    assert run.tags[CUSTOMER_TAG] == "8"


@pytest.mark.rule("P5")
def test_the_sensor_starts_a_run_for_each_box_and_none_without_one(at: Site) -> None:
    assert why_none(at) == "Nobody asked for a customer."
    press(at, 8)
    press(at, 5)
    first, second = started(at)
    assert (first.tags[CUSTOMER_TAG], second.tags[CUSTOMER_TAG]) == ("5", "8")
    assert at.run("sync_one", first.run_config).success
    assert [run.tags[CUSTOMER_TAG] for run in started(at)] == ["8"]


def test_the_sensor_says_why_netsuite_could_not_be_asked(at: Site) -> None:
    at.netsuite.custom_fields.discard(SYNC_REQUEST)
    assert why_none(at).startswith("NetSuite could not be asked for requests: ")


def test_a_request_that_was_tried_in_vain_three_times_waits_for_a_person(at: Site) -> None:
    press(at, 8)
    for tried in range(MOST_TRIES):
        [run] = started(at)
        assert str(run.run_key).endswith(f":{tried}")
        in_vain = dg.DagsterRun(f"{NAME}_sync_one", tags=dict(run.tags), status=dg.DagsterRunStatus.FAILURE)
        at.instance.add_run(in_vain)
    assert "tried 3 times without an answer (customers 8)" in why_none(at)


def test_it_starts_stopped_and_looks_as_often_as_was_declared(tmp_path: Path) -> None:
    with world(tmp_path, to_stripe={**TO_STRIPE, "requests_seconds": 120}) as at:
        sensor = at.definitions.resolve_sensor_def(f"{NAME}_sync_requests")
        assert sensor.minimum_interval_seconds == 120
        assert sensor.default_status == dg.DefaultSensorStatus.STOPPED
