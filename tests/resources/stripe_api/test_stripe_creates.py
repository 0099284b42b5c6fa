"""A Stripe customer is made once, whatever is lost on the way, and is taken back only while nobody has touched it."""

import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import orjson
import pytest

from resources.stripe_api import StripeConnection, StripeCreates
from sandbox.stripe_standin import Fault, add_charge
from sandbox.stripe_standin.wire import JsonObject
from sandbox.stripe_standin.world import ApiKey
from schemas.attempts import Answer, Attempt, ChangeResult, Entry
from schemas.change import Change
from schemas.errors import AccessError
from schemas.words import LINK_KEY, InternalId
from tests.resources.stripe_api.stripe_world import Stage, account

LONG_AFTER = timedelta(hours=25)


def attempt(record: int = 7, **values: object) -> Attempt:
    fields = {"email": f"n{record}@x.example", "metadata": {LINK_KEY: str(record)}, **values}
    text = orjson.dumps(fields, option=orjson.OPT_SORT_KEYS).decode()
    name = f"stripe:create:{record}"
    change = Change(name, "stripe", None, "record", "create", None, str(record), None, InternalId(record), values=text)
    return Attempt("plan", change, "apply")


def again(made: Attempt, at: Stage) -> Attempt:
    """The same after a run that was killed when it had asked."""
    return replace(made, number=2, is_uncertain=True, since=at.moment())


def undoing(made: Attempt, answer: Answer) -> Attempt:
    return replace(made, direction="undo", number=2, result_id=answer.result_id, witness=answer.witness)


def entry(of: Attempt, at: Stage) -> Entry:
    return Entry(of, ChangeResult("intended"), "run", at.moment())


def write(at: Stage, *attempts: Attempt) -> list[Answer]:
    return list(StripeCreates(at.connection).write(attempts))


def living(at: Stage) -> list[JsonObject]:
    found = [at.book.get(customer) for customer in at.book.ids]
    return [each for each in found if each and not each.get("deleted")]


@pytest.mark.rule("P2")
def test_it_is_made_with_what_it_was_to_be_made_of(at: Stage) -> None:
    [answer] = write(at, attempt(name="Anna", address={"country": "DE"}, preferred_locales=["de", "en"]))
    assert answer.said == "done"
    [made] = living(at)
    assert answer.result_id == made["id"]
    assert (made["name"], made["preferred_locales"], made["metadata"]) == ("Anna", ["de", "en"], {LINK_KEY: "7"})
    assert isinstance(made["address"], dict)
    assert made["address"]["country"] == "DE"


@pytest.mark.rule("W9")
@pytest.mark.parametrize("kind", ["reset", "server_error"])
def test_a_lost_answer_makes_no_second_one(at: Stage, kind: str) -> None:
    at.clock.now = int(time.time())
    at.server.fault(Fault(kind=kind, method="POST", after_effect=True, status=500))  # type: ignore[arg-type]
    [answer] = write(at, attempt())
    assert answer.said == "done"
    assert len(living(at)) == 1


@pytest.mark.rule("W9")
def test_each_failure_that_stripe_keeps_is_looked_behind_anew(at: Stage) -> None:
    at.clock.now = int(time.time())
    writer, answers = StripeCreates(at.connection), list[Answer]()
    for record in (7, 8):
        at.server.fault(Fault(kind="server_error", method="POST", after_effect=True, status=500))
        answers += writer.write([attempt(record)])
    assert [answer.said for answer in answers] == ["done", "done"]
    assert sorted(str(each["id"]) for each in living(at)) == sorted(str(answer.result_id) for answer in answers)


@pytest.mark.rule("W9")
@pytest.mark.parametrize("later", [timedelta(0), LONG_AFTER])
def test_who_goes_on_with_a_create_finds_what_was_made_even_when_the_key_is_forgotten(
    at: Stage, later: timedelta
) -> None:
    first = attempt()
    [answer] = write(at, first)
    uncertain = again(first, at)
    at.clock.now += int(later.total_seconds())
    [found] = write(at, uncertain)
    assert (found.said, found.result_id, found.witness) == ("done", answer.result_id, answer.witness)
    assert len(living(at)) == 1


@pytest.mark.rule("W9")
def test_who_goes_on_with_a_create_that_never_arrived_makes_it(at: Stage) -> None:
    [answer] = write(at, again(attempt(), at))
    assert answer.said == "done"
    assert len(living(at)) == 1


@pytest.mark.rule("W9")
def test_an_intent_is_settled_by_what_was_made_since(at: Stage) -> None:
    made, lost = attempt(7), attempt(8)
    [answer] = write(at, made)
    found = list(StripeCreates(at.connection).inspect([entry(made, at), entry(lost, at)]))
    assert [(each.said, each.result_id) for each in found] == [("done", answer.result_id), ("not_done", None)]


def test_one_that_somebody_has_deleted_since_is_not_made_again_at_once(at: Stage) -> None:
    first = attempt()
    [answer] = write(at, first)
    at.book.delete(str(answer.result_id))
    [replayed] = write(at, first)
    assert (replayed.said, replayed.code) == ("failed", "gone")
    assert living(at) == []


@pytest.mark.rule("W9")
def test_what_stripe_refuses_fails_and_its_neighbours_are_made(at: Stage) -> None:
    answers = write(at, attempt(7), attempt(8, phone="1" * 30), attempt(9))
    assert [answer.said for answer in answers] == ["done", "failed", "done"]
    assert (answers[1].error or "").startswith("Stripe refuses this customer: ")


def test_a_key_without_the_permission_stops_the_run(at: Stage) -> None:
    key = at.server.world.add_key(ApiKey("rk_test_reads", permissions=frozenset({"customer_read"})))
    with (
        StripeConnection(account(at.server, api_key=key.secret)) as connection,
        pytest.raises(AccessError, match="Customers Write"),
    ):
        list(StripeCreates(connection).write([attempt()]))


@pytest.mark.rule("W10")
def test_what_nobody_has_touched_is_deleted(at: Stage) -> None:
    made = attempt()
    [answer] = write(at, made)
    [undone] = write(at, undoing(made, answer))
    assert (undone.said, undone.error, living(at)) == ("done", None, [])
    [twice] = write(at, replace(undoing(made, answer), is_uncertain=True))
    assert twice.result == ChangeResult("undone")
    assert [each.said for each in StripeCreates(at.connection).inspect([entry(undoing(made, answer), at)])] == ["done"]


@pytest.mark.rule("W10")
def test_what_was_used_loses_our_key_and_stays(at: Stage) -> None:
    made = attempt()
    [answer] = write(at, made)
    add_charge(at.book, str(answer.result_id), "failed")
    [undone] = write(at, undoing(made, answer))
    assert undone.error == (
        f"The customer {answer.result_id} stays, as it has a charge; only our key in its metadata was removed."
    )
    [left] = living(at)
    assert left["metadata"] == {}


@pytest.mark.rule("W10")
@pytest.mark.rule("X2")
def test_what_another_record_has_got_is_left_alone(at: Stage) -> None:
    made = attempt()
    [answer] = write(at, made)
    at.book.update(str(answer.result_id), {"metadata": {LINK_KEY: "99"}})
    [undone] = write(at, undoing(made, answer))
    assert (undone.said, undone.found) == ("conflict", "99")


@pytest.mark.rule("W9")
def test_many_uncertain_ones_are_looked_for_at_one_go(at: Stage) -> None:
    attempts = [attempt(number) for number in range(1, 31)]
    write(at, *attempts)
    before = len(at.server.log)
    found = write(at, *(again(each, at) for each in attempts))
    assert {each.said for each in found} == {"done"}
    paths = Counter(f"{line.method} {line.path}" for line in at.server.log[before:])
    assert paths["GET /v1/customers"] <= 3
    assert paths["POST /v1/customers"] == 0
