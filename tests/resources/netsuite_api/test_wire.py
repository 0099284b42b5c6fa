"""Changes reach NetSuite once each, whatever the weather, and every one has an outcome."""

from typing import Any

import pytest

from resources.netsuite_api import FieldEdit, NetsuiteClient, NetsuiteSettings, TokenLogin
from resources.netsuite_api.session.retry import TransientCallError
from sandbox.netsuite_standin import STRIPE_FIELD, Fault, NetsuiteStandIn, Options, World
from schemas.errors import InternalError, TransientError, UserError
from schemas.words import InternalId
from tests.resources.netsuite_api.netsuite_world import QUICK, SHORT, connected, fields_with


def link(number: int, stripe_id: str) -> list[FieldEdit]:
    internal_id = InternalId(number)
    return [
        FieldEdit(internal_id, "stripe_id", "set", stripe_id),
        FieldEdit(internal_id, "external_id", "set", stripe_id),
        FieldEdit(internal_id, "comments", "append", stripe_id),
    ]


def world_of(count: int) -> tuple[World, list[FieldEdit]]:
    world = World()
    return world, [change for n in range(1, count + 1) for change in link(world.insert(), f"cus_{n}")]


@pytest.mark.rule("W2")
@pytest.mark.rule("W3")
@pytest.mark.rule("W4")
def test_outcomes_come_in_the_order_of_the_changes_and_each_record_is_saved_once() -> None:
    world, changes = world_of(250)
    with connected(world) as (client, server):
        outcomes = client.apply(changes[::-1])
        assert len(server.calls_of("apply")) == 1
    assert [outcome.change for outcome in outcomes] == changes[::-1]
    assert {outcome.status for outcome in outcomes} == {"applied"}
    assert [save.customer for save in sorted(world.saves, key=lambda s: s.customer)] == list(range(1, 251))
    assert world.value(250, STRIPE_FIELD) == "cus_250"


@pytest.mark.rule("W9")
@pytest.mark.rule("X6")
@pytest.mark.parametrize("kind", ["limit", "busy", "unavailable", "error", "reset", "lost", "garbage"])
def test_each_effect_happens_once_whatever_goes_wrong(kind: Any) -> None:  # noqa: ANN401
    world, changes = world_of(3)
    with connected(world) as (client, server):
        server.fail(Fault(kind=kind, action="apply", times=2))
        outcomes = client.apply(changes)
    assert sorted(save.customer for save in world.saves) == [1, 2, 3]
    assert [world.value(n, "comments") for n in (1, 2, 3)] == ["cus_1", "cus_2", "cus_3"]
    expected = "already" if kind == "lost" else "applied"
    assert {(o.status, o.is_repeat) for o in outcomes} == {(expected, kind not in {"limit", "busy"})}


@pytest.mark.rule("W9")
def test_without_a_token_nothing_has_run() -> None:
    world, changes = world_of(1)
    with connected(world) as (client, server):
        server.fail_logins(2)
        assert [o.is_repeat for o in client.apply(changes)] == [False] * 3


@pytest.mark.rule("W9")
def test_what_a_call_handed_back_may_be_the_work_of_the_lost_one_before_it() -> None:
    world, changes = world_of(3)
    with connected(world) as (client, server):
        server.fail(Fault(kind="lost", action="apply"))
        world.interfere("record.load", lambda: object.__setattr__(server.options, "units", 115), skip=3)
        outcomes = client.apply(changes)
        assert len(server.calls_of("apply")) == 4
    assert {(o.status, o.is_repeat) for o in outcomes} == {("already", True)}


@pytest.mark.rule("W9")
def test_a_server_that_cannot_be_reached_has_not_run_anything() -> None:
    with NetsuiteStandIn(World()) as server:
        gone = server.url
    token = TokenLogin(consumer_key="a", consumer_secret="b", token_id="c", token_secret="d")
    settings = NetsuiteSettings(account="1234567", login=token, base_url=gone, retry_policy=QUICK, timeouts=SHORT)
    with NetsuiteClient(settings) as client, pytest.raises(TransientCallError) as raised:
        client.health()
    assert not raised.value.may_have_run


@pytest.mark.rule("W8")
def test_a_conflict_says_what_is_there_and_a_failure_why() -> None:
    world, changes = world_of(3)
    world.edit(1, externalid="ACME-1")
    world.delete(2)
    world.others.add("cus_3")
    with connected(world) as (client, _):
        outcomes = client.apply(changes)
    assert [(o.change.internal_id, o.change.field, o.status, o.found or o.code) for o in outcomes] == [
        (1, "stripe_id", "applied", None),
        (1, "external_id", "conflict", "ACME-1"),
        (1, "comments", "applied", None),
        (2, "stripe_id", "failed", "RCRD_DSNT_EXIST"),
        (2, "external_id", "failed", "RCRD_DSNT_EXIST"),
        (2, "comments", "failed", "RCRD_DSNT_EXIST"),
        (3, "stripe_id", "applied", None),
        (3, "external_id", "failed", "DUP_RCRD"),
        (3, "comments", "applied", None),
    ]
    assert outcomes[3].reason == "That record does not exist."


@pytest.mark.rule("W10")
@pytest.mark.rule("X2")
def test_an_undo_is_the_same_changes_the_other_way_round() -> None:
    world, changes = world_of(2)
    world.edit(1, comments="VIP")
    with connected(world) as (client, _):
        client.apply(changes)
        world.edit(2, externalid="taken over")
        undo = [
            FieldEdit(c.internal_id, c.field, "remove", c.new)
            if c.action == "append"
            else FieldEdit(c.internal_id, c.field, "set", c.old, old=c.new)
            for c in changes
        ]
        outcomes = client.apply(undo)
    assert [o.status for o in outcomes] == ["applied", "applied", "applied", "applied", "conflict", "applied"]
    assert (world.value(1, "comments"), world.value(1, "externalid"), world.value(1, STRIPE_FIELD)) == (
        "VIP",
        None,
        None,
    )
    assert (world.value(2, "comments"), world.value(2, "externalid")) == (None, "taken over")


def test_what_the_units_do_not_allow_is_asked_for_again() -> None:
    world, changes = world_of(40)
    with connected(world, Options(units=115 + 15 * 9)) as (client, server):
        outcomes = client.apply(changes)
        assert len(server.calls_of("apply")) == 4
        assert all(call.units <= 250 for call in server.calls)
    assert {o.status for o in outcomes} == {"applied"}
    assert len(world.saves) == 40


def test_a_script_that_never_begins_is_no_endless_loop() -> None:
    world, changes = world_of(1)
    with connected(world, Options(units=100)) as (client, _), pytest.raises(UserError, match="limit of units"):
        client.apply(changes)


def test_a_refused_word_has_its_outcome_beside_those_of_the_others() -> None:
    world = World()
    world.insert(1)
    words = [FieldEdit(InternalId(1), "comments", "append", word) for word in ("cus_1", "two words", "old.id")]
    with connected(world) as (client, _):
        outcomes = client.apply(words)
    assert [(o.change.new, o.status, o.code) for o in outcomes] == [
        ("cus_1", "applied", None),
        ("two words", "failed", "INVALID_CHANGE"),
        ("old.id", "applied", None),
    ]


def test_an_outcome_without_its_word_is_of_the_only_word_that_was_asked_for() -> None:
    world, changes = world_of(2)
    with connected(world) as (client, server):
        server.script = server.script.changed("{ id, action, field, word, outcome,", "{ id, action, field, outcome,")
        assert [o.status for o in client.apply(changes)] == ["applied"] * 6
        two = [FieldEdit(InternalId(1), "comments", "append", word) for word in ("a", "b")]
        with pytest.raises(TransientError, match="not asked for"):
            client.apply(two)


def test_an_answer_that_leaves_a_change_out_is_found_out() -> None:
    world, changes = world_of(2)
    with connected(world) as (client, server):
        server.script = server.script.changed("return edits.map(", "return edits.slice(1).map(")
        with pytest.raises(TransientError, match="without an outcome"):
            client.apply(changes)


def test_a_batch_that_no_call_takes_is_refused_before_anything_is_written() -> None:
    world, changes = world_of(1_001)
    with connected(world) as (client, server):
        with pytest.raises(InternalError, match="1,001 customers"):
            client.apply(changes)
        assert server.calls == []


def test_two_changes_of_one_field_are_a_mistake_of_ours() -> None:
    with connected() as (client, server):
        with pytest.raises(InternalError, match="Two changes"):
            client.apply([*link(1, "cus_1"), *link(1, "cus_2")])
        assert server.calls == []


@pytest.mark.rule("M11")
def test_the_field_of_the_stripe_id_is_a_setting() -> None:
    world = World(custom_fields={"custentity_paypack_id"})
    world.insert(1)
    with connected(world, field_ids=fields_with(stripe_id="custentity_paypack_id")) as (client, _):
        client.apply(link(1, "cus_1")[:1])
    assert world.value(1, "custentity_paypack_id") == "cus_1"


@pytest.mark.rule("W3")
def test_one_record_can_name_several_customers_in_one_save() -> None:
    world = World()
    world.insert(1)
    words = [FieldEdit(InternalId(1), "comments", "append", f"cus_{n}") for n in (1, 2, 3)]
    with connected(world) as (client, _):
        assert [o.status for o in client.look(words[1:])] == ["open", "open"]
        assert [(o.change.new, o.status) for o in client.apply(words)] == [
            ("cus_1", "applied"),
            ("cus_2", "applied"),
            ("cus_3", "applied"),
        ]
        assert [o.status for o in client.look(words)] == ["already"] * 3
    assert len(world.saves) == 1
    assert world.value(1, "comments") == "cus_1\ncus_2\ncus_3"


def test_nothing_to_change_asks_nothing() -> None:
    with connected() as (client, server):
        assert client.apply([]) == []
        assert server.calls == []
