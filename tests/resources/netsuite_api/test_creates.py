"""Creating customers over HTTP: once each, whatever is killed or lost on the way, and taken back only if untouched."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import orjson
import pytest

from resources.netsuite_api import Timeouts
from sandbox.netsuite_standin import STRIPE_FIELD, Account, Fault, Options, World
from sandbox.netsuite_standin.new_customers import NEW
from schemas.change import Change
from schemas.errors import AccessError, TransientError
from schemas.words import GLOBAL_KEY, GLOBAL_NAME
from tests.resources.netsuite_api.creating import (
    MAY_DELETE,
    KilledError,
    counts,
    create_of,
    customers,
    stage,
)

CREATES = [create_of(number) for number in (1, 2, 3)]
ONCE = {"cus_1": [1], "cus_2": [2], "cus_3": [3]}
BOTH = {"externalid": "cus_2", STRIPE_FIELD: "cus_2"}


@pytest.mark.rule("C1")
def test_customers_are_made_and_the_journal_knows_their_ids_and_witnesses(tmp_path: Path) -> None:
    world = World()
    with stage(tmp_path, world) as at:
        assert counts(at.apply(CREATES)) == [{"applied": 3}, {}, {}, {}]
        results = [at.entry(number).result for number in (1, 2, 3)]
    assert customers(world) == ONCE
    assert [result.result_id for result in results] == ["1", "2", "3"]
    assert all(result.witness for result in results)
    assert len({call.action for call in at.server.calls}) == 1


MOMENTS = ["before intent", "after intent", "after effect", "before outcome", "after outcome"]
KILLS = [(1, moment, nth) for moment in MOMENTS for nth in (1, 2, 3)]
KILLS += [(25, moment, 1) for moment in MOMENTS] + [(25, "after effect", nth) for nth in (2, 3)]


@pytest.mark.rule("C15")
@pytest.mark.rule("W9")
@pytest.mark.parametrize(("batch", "dies_at", "nth"), KILLS)
def test_a_run_that_is_killed_leaves_records_that_the_next_one_finds(
    tmp_path: Path, batch: int, dies_at: str, nth: int
) -> None:
    world = World()
    with stage(tmp_path, world, batch=batch) as at:
        with pytest.raises(KilledError):
            at.apply(CREATES, "killed", dies_at, nth)
        at.apply(CREATES, "next")
        assert set(at.statuses().values()) == {"applied"}
        assert {key: [int(at.entry(int(key[4:])).result.result_id or 0)] for key in ONCE} == customers(world)
        assert at.undo(CREATES).counts() == {"undone": 3}
    assert world.customers == {}


@pytest.mark.rule("C15")
@pytest.mark.parametrize("fault", ["lost", "reset", "unavailable", "limit", "garbage", "error"])
@pytest.mark.parametrize("times", [1, 2])
def test_a_call_whose_answer_was_lost_is_asked_again_and_its_records_are_ours(
    tmp_path: Path, fault: Literal["lost", "reset", "unavailable", "limit", "garbage", "error"], times: int
) -> None:
    world = World()
    with stage(tmp_path, world) as at:
        at.server.fail(Fault(kind=fault, action="create", times=times))
        assert counts(at.apply(CREATES)) == [{"applied": 3}, {}, {}, {}]
        assert all(at.entry(number).result.witness for number in (1, 2, 3))
    assert customers(world) == ONCE


@pytest.mark.rule("C15")
def test_what_was_lost_for_good_is_unknown_until_the_next_run_has_looked(tmp_path: Path) -> None:
    world = World()
    with stage(tmp_path, world) as at:
        at.server.fail(Fault(kind="lost", action="create", times=4))
        with pytest.raises(TransientError, match="Nobody knows whether 3 changes were done"):
            at.apply(CREATES)
        assert set(at.statuses().values()) == {"intended"}
        assert customers(world) == ONCE
        at.server.fail(Fault(kind="unavailable", action="look_for", times=4))
        with pytest.raises(TransientError):
            at.apply(CREATES, "looks in vain")
        assert set(at.statuses().values()) == {"intended"}
        assert counts(at.apply(CREATES, "next")) == [{}, {}, {}, {}]
        assert set(at.statuses().values()) == {"applied"}
    assert customers(world) == ONCE


@pytest.mark.rule("C15")
def test_a_record_without_a_stripe_id_of_its_own_is_found_again_by_its_external_id(tmp_path: Path) -> None:
    world = World()
    fields = {"companyname": GLOBAL_NAME, "entityid": GLOBAL_NAME, "externalid": GLOBAL_KEY, "isperson": "F"}
    name, values = f"netsuite:create:{GLOBAL_KEY}", orjson.dumps({"fields": fields}).decode()
    for_all = Change(name, "netsuite", None, "record", "create", None, GLOBAL_KEY, None, None, values=values)
    with stage(tmp_path, world, by_key_alone=True) as at:
        at.server.fail(Fault(kind="lost", action="create", times=4))
        with pytest.raises(TransientError):
            at.apply([for_all])
        at.apply([for_all], "next")
        assert at.statuses() == {name: "applied"}
        assert list(customers(world)) == [GLOBAL_KEY]
        assert at.undo([for_all]).counts() == {"undone": 1}
    assert world.customers == {}


@pytest.mark.rule("C15")
def test_an_answer_that_never_comes_is_no_answer(tmp_path: Path) -> None:
    world = World()
    quick = Timeouts(connect_seconds=5, answer_seconds=0.5)
    with stage(tmp_path, world, client_settings={"timeouts": quick}) as at:
        at.server.fail(Fault(kind="silence", action="create", times=4))
        with pytest.raises(TransientError):
            at.apply(CREATES)
        assert counts(at.apply(CREATES, "next")) == [{"applied": 3}, {}, {}, {}]
    assert customers(world) == ONCE


@pytest.mark.rule("C15")
@pytest.mark.parametrize("held", [{"externalid": "CUS_2"}, {STRIPE_FIELD: "cus_2"}, {**BOTH, "stage": "LEAD"}, BOTH])
def test_a_record_that_somebody_else_has_made_is_a_conflict_and_not_touched(
    tmp_path: Path, held: dict[str, str]
) -> None:
    world = World()
    world.insert(7, **held)
    with stage(tmp_path, world) as at:
        assert counts(at.apply(CREATES))[0] == {"applied": 2, "conflict": 1}
        assert (at.entry(2).status, at.entry(2).result.found) == ("conflict", "cus_2 is held by record 7")
        assert at.undo(CREATES).counts() == {"undone": 2}
    assert list(world.customers) == [7]
    assert all(save.customer != 7 for save in world.saves)


@pytest.mark.rule("C15")
def test_a_foreign_record_that_appears_while_an_answer_is_lost_is_not_taken_for_ours(tmp_path: Path) -> None:
    world = World()
    with stage(tmp_path, world) as at:
        at.server.fail(Fault(kind="reset", action="create", times=4))
        with pytest.raises(TransientError):
            at.apply(CREATES)
        world.insert(7, externalid="cus_2")
        at.apply(CREATES, "next")
        assert (at.entry(2).status, at.entry(2).result.found) == ("conflict", "cus_2 is held by record 7")
        assert at.undo(CREATES).counts() == {"undone": 2}
    assert list(world.customers) == [7]


def test_a_contact_with_the_external_id_is_a_conflict(tmp_path: Path) -> None:
    with stage(tmp_path, World(others={"cus_2"})) as at:
        assert counts(at.apply(CREATES))[0] == {"applied": 2, "conflict": 1}
        assert at.entry(2).result.found == "cus_2 is the external id of Contact 9000000"


@pytest.mark.parametrize("is_lost", [False, True])
def test_a_record_that_became_a_lead_is_unfit_with_its_id_and_ours_to_take_back(
    tmp_path: Path, *, is_lost: bool
) -> None:
    world, lead = World(), [create_of(1, entitystatus=6)]
    with stage(tmp_path, world) as at:
        if is_lost:
            with pytest.raises(KilledError):
                at.apply(lead, "killed", "after effect")
        at.apply(lead, "next")
        result = at.entry(1).result
        assert (result.status, result.result_id, result.found) == ("unfit", "1", "record 1, lead")
        assert "its entity status decides (create.entity_status)" in (result.error or "")
        assert at.undo(lead).counts() == {"undone": 1}
    assert world.customers == {}


def test_what_netsuite_refuses_is_one_records_failure_and_is_tried_again_when_it_can_be(tmp_path: Path) -> None:
    world = World(mandatory={"custentity_region"}, custom_fields={STRIPE_FIELD, "custentity_region"})
    changes = [create_of(1), create_of(2, custentity_region="North")]
    with stage(tmp_path, world) as at:
        assert counts(at.apply(changes))[0] == {"failed": 1, "applied": 1}
        result = at.entry(1).result
        assert (result.code, result.error) == ("USER_ERROR", "Please enter value(s) for: custentity_region")
        world.mandatory.clear()
        assert counts(at.apply(changes, "next"))[0] == {"applied": 1}


def test_what_was_left_out_is_said_of_a_record_that_was_made(tmp_path: Path) -> None:
    world = World()
    world.refuse(NEW, "email", "VALID_EMAIL_REQD", "no")
    with stage(tmp_path, world) as at:
        at.apply([create_of(1, email="cus_1")])
        result = at.entry(1).result
    assert (result.status, result.code) == ("applied", "VALID_EMAIL_REQD")
    assert result.error == "e-mail left out: NetSuite refuses it (VALID_EMAIL_REQD)"


def test_what_a_call_has_no_units_for_is_asked_for_in_the_next_one(tmp_path: Path) -> None:
    world, changes = World(), [create_of(number) for number in range(1, 8)]
    options = Options(units=100 + 130 + 31, permissions=MAY_DELETE.permissions)
    with stage(tmp_path, world, options) as at:
        at.server.fail(Fault(kind="unavailable", action="create", skip=2, times=4))
        with pytest.raises(TransientError):
            at.apply(changes)
        assert list(at.statuses().values()) == ["applied"] * 4 + ["intended"] * 3
        at.apply(changes, "next")
        assert set(at.statuses().values()) == {"applied"}
    assert len(customers(world)) == len(world.customers) == 7


@pytest.mark.rule("W10")
def test_what_somebody_has_touched_is_not_deleted(tmp_path: Path) -> None:
    world = World()
    with stage(tmp_path, world) as at:
        at.apply(CREATES)
        world.edit(2, phone="1234567")
        world.customers[3].addresses[0]["city"] = "Shelbyville"
        assert at.undo(CREATES).counts() == {"undone": 1, "conflict": 2}
        assert sorted(world.customers) == [2, 3]
        assert at.statuses() == {
            "netsuite:create:cus_1": "undone",
            "netsuite:create:cus_2": "conflict",
            "netsuite:create:cus_3": "conflict",
        }


@pytest.mark.rule("W10")
def test_what_was_touched_while_nobody_knew_of_it_is_not_deleted(tmp_path: Path) -> None:
    """Who finds a record after a lost answer has not seen what it was when it was made."""
    moment = datetime(2026, 5, 1, 12, tzinfo=UTC)
    world = World(now=lambda: moment)
    with stage(tmp_path, world) as at:
        with pytest.raises(KilledError):
            at.apply(CREATES, "killed", "before outcome")
        moment += timedelta(hours=1)
        world.edit(2, fax="1")
        at.apply(CREATES, "next")
        assert at.undo(CREATES).counts() == {"undone": 2, "conflict": 1}
    assert list(world.customers) == [2]


@pytest.mark.rule("W10")
@pytest.mark.parametrize(
    ("how", "status", "code", "is_there"),
    [
        ("delete", "failed", "THIS_RECORD_CANNOT_BE_DELETED_BECAUSE_IT_HAS_DEPENDENT_RECORDS", True),
        ("inactivate", "undone", None, True),
        ("report", "conflict", None, True),
    ],
)
def test_what_has_a_transaction_ends_as_it_was_chosen(
    tmp_path: Path,
    how: Literal["delete", "inactivate", "report"],
    status: str,
    code: str | None,
    *,
    is_there: bool,
) -> None:
    world = World()
    with stage(tmp_path, world, how=how) as at:
        at.apply(CREATES)
        world.transactions.add(2)
        at.undo(CREATES)
        assert (at.entry(2).status, at.entry(2).result.code) == (status, code)
    assert (2 in world.customers) == is_there
    assert world.value(2, "isinactive") == (how == "inactivate")
    assert (1 in world.customers) == (how == "report")


@pytest.mark.rule("W10")
@pytest.mark.parametrize("how", ["delete", "inactivate"])
@pytest.mark.parametrize("dies_at", ["after intent", "after effect", "before outcome"])
def test_an_undo_that_is_killed_goes_on(tmp_path: Path, dies_at: str, how: Literal["delete", "inactivate"]) -> None:
    world = World()
    with stage(tmp_path, world, how=how) as at:
        at.apply(CREATES)
        world.transactions.add(2)
        with pytest.raises(KilledError):
            at.undo(CREATES, "killed", dies_at)
        world.transactions -= {2} if how == "delete" else set()
        at.undo(CREATES, "next")
        assert set(at.statuses().values()) == {"undone"}
    assert list(world.customers) == ([] if how == "delete" else [2])


@pytest.mark.parametrize("fault", ["lost", "reset"])
def test_a_deletion_whose_answer_was_lost_is_ours(tmp_path: Path, fault: Literal["lost", "reset"]) -> None:
    world = World()
    with stage(tmp_path, world) as at:
        at.apply(CREATES)
        at.server.fail(Fault(kind=fault, action="take_back"))
        assert at.undo(CREATES).counts() == {"undone": 3}
    assert world.deleted == [1, 2, 3]


def test_a_role_that_may_not_delete_stops_the_undo_with_what_it_needs(tmp_path: Path) -> None:
    world = World()
    with stage(tmp_path, world, Options()) as at:
        at.apply(CREATES)
        with pytest.raises(AccessError, match=r"MAY_NOT_DELETE: .*Lists > Customers \(Full\)"):
            at.undo(CREATES)
    assert len(world.customers) == 3


def test_currencies_that_the_role_may_not_see_stop_before_anything_is_made(tmp_path: Path) -> None:
    world = World(account=Account(currencies={"1": "USD", "2": "EUR"}, multicurrency=True))
    with stage(tmp_path, world) as at, pytest.raises(AccessError, match=r"Lists > Currency \(View\)"):
        at.apply(CREATES)
    assert world.customers == {}


@pytest.mark.rule("C14")
@pytest.mark.rule("W11")
def test_a_second_run_makes_and_changes_nothing(tmp_path: Path) -> None:
    world = World()
    with stage(tmp_path, world) as at:
        at.apply(CREATES)
        world.edit(1, phone="7654321")
        assert counts(at.apply(CREATES, "again")) == [{}, {}, {}, {}]
    assert (len(world.saves), world.value(1, "phone")) == (3, "7654321")


def test_several_calls_are_under_way_and_never_more_than_the_account_allows(tmp_path: Path) -> None:
    world, changes = World(), [create_of(number) for number in range(1, 25)]
    options = Options(latency=0.05, concurrency=5, permissions=MAY_DELETE.permissions)
    with stage(tmp_path, world, options, batch=2) as at:
        assert counts(at.apply(changes))[0] == {"applied": 24}
        assert 2 <= at.server.most_at_once <= 4
    assert len(customers(world)) == len(world.customers) == 24
