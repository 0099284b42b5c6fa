"""Portal links and answers over the RESTlet: as they were agreed, or not at all."""

from typing import Any

import orjson
import pytest

from resources.netsuite_api import AnswerOutcome, LinkTerms, NetsuiteClient, SyncRequest
from resources.netsuite_api.session.answers import VERSION
from sandbox.netsuite_standin import Fault, NetsuiteStandIn, Script, World
from sandbox.netsuite_standin.world import SYNC_ANSWER, SYNC_REQUEST
from schemas.errors import TransientError, UserError
from schemas.portal import is_ours
from schemas.words import InternalId
from tests.resources.netsuite_api.netsuite_world import connected

SECRETS = {"custsecret_tieout_portal_hmac": "signs"}
IDS = [InternalId(number) for number in (7, 8)]


def world_with(count: int = 2) -> World:
    world = World()
    world.portal.secrets |= SECRETS
    for number in range(7, 7 + count):
        world.insert(number)
    return world


def answering(server: NetsuiteStandIn, answer: dict[str, Any]) -> None:
    """Let the RESTlet answer this, whatever it is asked."""
    text = orjson.dumps({"ok": True, "version": VERSION, **answer}).decode()
    server.script = Script.of(f"define([], () => ({{ post: () => ({text}) }}));")


@pytest.mark.rule("P7")
def test_every_customer_gets_its_own_link_and_gets_it_again() -> None:
    with connected(world_with()) as (client, _):
        links = client.portal_links(IDS, LinkTerms())
        assert client.portal_links(reversed(IDS), LinkTerms()) == links
        revoked = client.portal_links(IDS, LinkTerms(generation=2, until="2027-12-31"))
    assert list(links) == IDS
    assert all(is_ours(link, number) for number, link in [*links.items(), *revoked.items()])
    assert not set(links.values()) & set(revoked.values())
    assert not is_ours(links[IDS[0]], IDS[1])


def test_many_customers_are_asked_for_a_thousand_at_a_time() -> None:
    with connected(world_with(0)) as (client, server):
        links = client.portal_links(map(InternalId, range(1, 2_502)), LinkTerms())
        assert sorted(len(call.body["ids"]) for call in server.calls_of("portal_links")) == [501, 1_000, 1_000]  # type: ignore[arg-type]
    assert len(links) == 2_501
    with connected(world_with(0)) as (client, server):
        assert client.portal_links([], LinkTerms()) == {}
        assert server.calls == []


def test_a_portal_that_is_not_set_up_is_a_sentence_for_an_administrator() -> None:
    world = world_with()
    world.portal.online = False
    with (
        connected(world) as (client, _),
        pytest.raises(UserError, match="Suitelet customscript_tieout_portal is not dep"),
    ):
        client.portal_links(IDS, LinkTerms())
    world.portal.online = True
    world.portal.secrets.clear()
    with connected(world) as (client, _), pytest.raises(UserError, match="API secret custsecret_tieout_portal_hmac"):
        client.portal_links(IDS, LinkTerms())


@pytest.mark.parametrize(
    "links",
    [
        ["https://evil.example/", "https://evil.example/"],
        ["https://x.example/app/site/hosting/scriptlet.nl?t=8.1." + "0" * 64] * 2,
        [],
        [7, 8],
    ],
)
def test_what_is_no_link_of_these_customers_is_not_taken(links: list[object]) -> None:
    with connected(world_with()) as (client, server):
        answering(server, {"links": links})
        with pytest.raises(TransientError):
            client.portal_links(IDS, LinkTerms())


@pytest.mark.rule("P5")
def test_a_request_is_listed_and_answered_once() -> None:
    world = world_with()
    world.edit(7, custentity_tieout_sync_request=True, custentity_tieout_sync_answer="Requested.")
    with connected(world) as (client, _):
        [request] = client.sync_requests()
        assert request == SyncRequest(InternalId(7), "Requested.")
        assert client.answer_request(request, "Linked.") == AnswerOutcome("applied")
        assert client.sync_requests() == []
        assert client.answer_request(request, "Linked.") == AnswerOutcome("already")
    assert (world.value(7, SYNC_REQUEST), world.value(7, SYNC_ANSWER)) == (False, "Linked.")


@pytest.mark.rule("P5")
def test_an_answer_whose_own_answer_was_lost_is_not_given_twice() -> None:
    world = world_with()
    world.edit(7, custentity_tieout_sync_request=True)
    with connected(world) as (client, server):
        [request] = client.sync_requests()
        server.fail(Fault(kind="lost", action="answer"))
        assert client.answer_request(request, "Linked.") == AnswerOutcome("already")
    assert len(world.saves) == 1


def test_a_long_answer_is_cut_to_what_fits_and_a_refused_one_says_why() -> None:
    world = world_with()
    for number in (7, 8):
        world.edit(number, custentity_tieout_sync_request=True)
    world.lock_by_workflow(8)
    with connected(world) as (client, _):
        first, second = client.sync_requests()
        assert client.answer_request(first, "x" * 5_000) == AnswerOutcome("applied")
        refused = client.answer_request(second, "Linked.")
    assert (refused.status, refused.code) == ("failed", "RCRD_LOCKED_BY_WF")
    assert len(str(world.value(7, SYNC_ANSWER))) == 4_000


def test_an_outcome_of_another_customer_is_not_taken() -> None:
    def asked(client: NetsuiteClient) -> AnswerOutcome:
        return client.answer_request(SyncRequest(InternalId(7), ""), "Linked.")

    with connected(world_with()) as (client, server):
        answering(server, {"outcomes": [{"id": 8, "outcome": "applied"}], "remaining": []})
        with pytest.raises(TransientError):
            asked(client)
