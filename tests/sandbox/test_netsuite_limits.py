"""The stand-in has the limits of NetSuite: units, time, size, one pool, and the answers that come with them."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import orjson
import pytest
import requests

from sandbox.netsuite_standin import Fault, Options, Script, World, engine
from sandbox.netsuite_standin.errors import RequestEndedError
from sandbox.netsuite_standin.script import Host
from tests.sandbox.netsuite import netsuite

GREEDY = """
define(['N/search', 'N/record'], (search, record) => ({
  post: (body) => {
    let done = 0;
    try {
      for (;;) { record.load({type: 'customer', id: 1}); done += 1; }
    } catch (e) { return done; }
  },
}));
"""
OFFSET = """
define(['N/search'], (search) => ({
  post: ({start, end}) => search.create({type: 'customer', columns: [{name: 'internalid', sort: 'ASC'}]})
    .run().getRange({start, end})
    .map((result) => Number(result.id)),
}));
"""


def test_a_script_that_uses_up_its_units_is_ended_even_if_it_catches_the_error() -> None:
    world = World()
    world.insert(1)
    host = Host(world, Options(), {})
    with pytest.raises(RequestEndedError) as ended:
        engine.run(Script.of(GREEDY), "post", {}, host)
    assert ended.value.code == "SSS_USAGE_LIMIT_EXCEEDED"


def test_a_script_that_takes_more_than_its_time_is_ended() -> None:
    world = World()
    world.insert(1)
    with pytest.raises(RequestEndedError) as ended:
        engine.run(Script.of(GREEDY), "post", {}, Host(world, Options(operation_seconds=1), {}))
    assert ended.value.code == "SSS_TIME_LIMIT_EXCEEDED"


@pytest.mark.rule("X10")
def test_paging_by_offset_would_lose_a_customer_where_keyset_does_not() -> None:
    world = World()
    for n in range(1, 7):
        world.insert(n)
    host = Host(world, Options(), {})
    first = engine.run(Script.of(OFFSET), "post", {"start": 0, "end": 3}, host)
    world.delete(1)
    second = engine.run(Script.of(OFFSET), "post", {"start": 3, "end": 6}, host)
    assert (first, second) == ([1, 2, 3], [5, 6]), "the stand-in must show what goes wrong with offsets"


def test_more_than_a_thousand_rows_at_once_are_refused() -> None:
    host = Host(World(), Options(nested_errors=False), {})
    with pytest.raises(Exception, match="SSS_SEARCH_RESULT_LIMIT_EXCEEDED"):
        engine.run(Script.of(OFFSET), "post", {"start": 0, "end": 1001}, host)


def test_the_pool_refuses_the_call_that_is_too_many() -> None:
    world = World()
    entered, leave = threading.Barrier(3), threading.Event()

    def stay() -> None:
        entered.wait(timeout=20)
        leave.wait(timeout=20)

    for nth in range(2):
        world.interfere("runtime.getPermission", stay, skip=nth)
    with netsuite(world, Options(concurrency=2)) as ns, ThreadPoolExecutor(2) as pool:
        inside = [pool.submit(ns.send, {"action": "health"}) for _ in range(2)]
        entered.wait(timeout=20)
        refused = requests.post(ns.address, json={}, headers={"Authorization": "Bearer open"}, timeout=20)
        leave.set()
        assert [future.result().status_code for future in inside] == [200, 200]
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "SSS_REQUEST_LIMIT_EXCEEDED")


def test_a_method_that_the_script_does_not_export_gives_405() -> None:
    with netsuite() as ns:
        assert ns.send({"action": "health"}, "PUT").status_code == 405


def test_a_request_without_a_content_type_gives_415() -> None:
    with netsuite() as ns:
        headers = {"Authorization": "Bearer open"}
        assert requests.post(ns.address, data=b"{}", headers=headers, timeout=20).status_code == 415


def test_a_request_that_is_too_large_is_refused() -> None:
    with netsuite(options=Options(most_bytes=1000)) as ns:
        answer = ns.send({"action": "health", "x": "y" * 1000})
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "SSS_FILE_CONTENT_SIZE_EXCEEDED")


@pytest.mark.parametrize("nested", [True, False])
def test_an_error_that_a_script_does_not_catch_may_be_json_in_a_message(nested: bool) -> None:
    with netsuite(options=Options(nested_errors=nested)) as ns:
        ns.server.script = Script.of(
            "define([], () => ({post: () => { throw Object.assign(Error('no'), {name: 'X'}); }}));"
        )
        answer = ns.send({"action": "health"})
        assert answer.status_code == 400
        message = answer.json()["error"]["message"]
        assert (orjson.loads(message)["message"] if nested else message) == "no"


@pytest.mark.parametrize(
    ("kind", "status"), [("limit", 400), ("busy", 429), ("unavailable", 503), ("error", 500), ("redirect", 302)]
)
def test_an_ordered_fault_comes_as_often_as_it_was_ordered(kind: str, status: int) -> None:
    with netsuite() as ns:
        ns.server.fail(Fault(kind=kind, action="health", skip=1, times=2))  # type: ignore[arg-type]
        statuses = [ns.send({"action": "health"}).status_code for _ in range(4)]
        assert statuses == [200, status, status, 200]


@pytest.mark.parametrize(("kind", "done"), [("reset", 0), ("lost", 1)])
def test_a_connection_is_closed_before_or_after_the_work(kind: str, done: int) -> None:
    world = World()
    world.insert(7)
    with netsuite(world) as ns:
        ns.server.fail(Fault(kind=kind))  # type: ignore[arg-type]
        with pytest.raises(requests.ConnectionError):
            ns.apply({"id": 7, "append": {"comments": "cus_1"}})
    assert len(world.saves) == done


def test_an_answer_may_never_come() -> None:
    with netsuite() as ns:
        ns.server.fail(Fault(kind="silence"))
        with pytest.raises(requests.ReadTimeout):
            ns.session.post(
                ns.address, json={"action": "health"}, headers={"Authorization": "Bearer open"}, timeout=(20, 0.2)
            )


@pytest.mark.parametrize("keeps", [True, False])
def test_a_merge_deletes_the_source_and_fills_the_blanks_of_the_target(keeps: bool) -> None:
    world = World(merge_keeps_external_id=keeps)
    world.insert(1, externalid="cus_1", custentity_tieout_stripe_id="cus_1", companyname="Old")
    world.insert(2, companyname="New")
    world.merge(1, 2)
    assert list(world.customers) == [2]
    assert world.value(2, "custentity_tieout_stripe_id") == "cus_1"
    assert world.value(2, "companyname") == "New"
    assert world.value(2, "externalid") == ("cus_1" if keeps else None)


def test_the_rest_api_changes_one_record_a_call() -> None:
    world = World()
    world.insert(7)
    with netsuite(world) as ns:
        assert ns.session.patch(f"{ns.server.url}/services/rest/record/v1/customer/7", json={}).status_code == 401
        ns.session.headers["Authorization"] = "Bearer open"
        answer = ns.session.patch(f"{ns.server.url}/services/rest/record/v1/customer/7", json={"externalId": "cus_1"})
        assert answer.status_code == 204
        gone = ns.session.patch(f"{ns.server.url}/services/rest/record/v1/customer/8", json={"externalId": "cus_1"})
        assert (gone.status_code, gone.json()["o:errorDetails"][0]["o:errorCode"]) == (404, "NONEXISTENT_ID")
    assert world.value(7, "externalid") == "cus_1"


def test_a_call_takes_its_own_time_and_that_of_its_rows_and_keeps_its_place_busy() -> None:
    with netsuite(options=Options(latency=0.05, row_latency=0.05)) as asker:
        for number in (1, 2, 3):
            asker.server.world.insert(number)
        started = time.monotonic()
        assert len(asker.ask("search", search="customsearch_tieout")["ids"]) == 3
        taken = time.monotonic() - started
    assert 0.19 <= asker.server.busy_seconds <= taken  # clocks of a sleep and of its measure differ a little
