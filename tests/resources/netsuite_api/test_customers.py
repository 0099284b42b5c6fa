"""A read of a saved search gives every customer once, as the frame that all readers give, or an error: never a part."""

import threading
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from resources.netsuite_api import NetsuiteClient, PreviousRead, RetryPolicy, Timeouts
from resources.netsuite_api.reading.columns import Page, page_frame
from resources.netsuite_api.reading.pages import IDS_ONLY, Query, _Pages
from sandbox.netsuite_standin import STANDARD_COLUMNS, STRIPE_FIELD, Column, Fault, Options, SavedSearch, World
from schemas.customers import NetsuiteCustomers
from schemas.errors import TransientError
from schemas.words import InternalId
from tests.link_columns import NO_LINKS, with_link_columns
from tests.resources.netsuite_api.netsuite_world import FIELDS, SEARCH, connected


def read(client: NetsuiteClient, **given: Any) -> pl.DataFrame:  # noqa: ANN401
    return client.read_customers(SEARCH, FIELDS, **given).frame


def world_of(count: int, step: int = 3) -> World:
    world = World()
    for n in range(1, count + 1):
        world.insert(n * step, email=f"{n}@example.com")
    return world


@pytest.mark.rule("M2")
@pytest.mark.parametrize("booleans", ["boolean", "letter"])
@pytest.mark.parametrize("result_ids", ["text", "number"])
def test_a_row_becomes_a_row_with_values_as_an_export_shows_them(booleans: Any, result_ids: Any) -> None:  # noqa: ANN401
    world = World(custom_fields={STRIPE_FIELD, "custentity_region", "custentity_vip"})
    world.insert(
        12,
        externalid="ACME",
        custentity_tieout_stripe_id="cus_1",
        comments="a\nb",
        email="a@example.com",
        companyname="Acme",
        phone="+1 5",
        isinactive=True,
        custentity_region="North",
        custentity_vip=True,
    )
    world.insert(7, stage="LEAD")
    columns = (
        *STANDARD_COLUMNS,
        Column("custentity_region", "Region", kind="select"),
        Column("custentity_vip", "VIP", kind="checkbox"),
    )
    with connected(world, Options(booleans=booleans, result_ids=result_ids), [SavedSearch(columns=columns)]) as (
        client,
        _,
    ):
        extract = client.read_customers(SEARCH, {**FIELDS, "region": "Region", "vip": "VIP"})
    expected = pl.DataFrame(
        {
            "internal_id": [7, 12],
            "is_customer": [False, True],
            "inactive": [False, True],
            "stripe_id": [None, "cus_1"],
            "external_id": [None, "ACME"],
            "comments": [None, "a\nb"],
            "email": [None, "a@example.com"],
            "company_name": [None, "Acme"],
            "phone": [None, "+1 5"],
            "stage": ["Lead", "Customer"],
            "region": [None, "North"],
            "vip": ["No", "Yes"],
        }
    )
    assert_frame_equal(extract.frame, with_link_columns(expected.lazy()).collect(), check_column_order=False)
    assert (extract.count, extract.duplicates, extract.moved) == (2, 0, False)


def test_the_stage_counts_in_every_language() -> None:
    world = World()
    world.insert(1)
    world.insert(2, stage="PROSPECT")
    texts = {"CUSTOMER": "Kunde", "PROSPECT": "Interessent"}
    with connected(world, Options(stage_texts=texts)) as (client, _):
        frame = read(client)
    assert frame["is_customer"].to_list() == [True, False]
    assert frame["stage"].to_list() == ["Kunde", "Interessent"]


def test_names_that_are_not_mapped_are_columns_of_nulls_and_everybody_is_a_customer() -> None:
    world = World()
    world.insert(1, email="a@example.com", stage="LEAD")
    with connected(world) as (client, _):
        frame = client.read_customers(SEARCH, {"internal_id": "Internal ID", "email": "Email"}).frame
    assert frame.columns == list(NetsuiteCustomers.to_schema().columns)
    assert frame.row(0, named=True) == {
        "internal_id": 1,
        "is_customer": True,
        "inactive": False,
        **NO_LINKS,
        "email": "a@example.com",
        "company_name": None,
        "phone": None,
        "stage": None,
    }


@pytest.mark.rule("X10")
@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 750])
def test_many_pages_give_every_customer_once(count: int) -> None:
    seen: list[tuple[int, int]] = []
    with connected(world_of(count), rows_per_call=100) as (client, server):
        extract = client.read_customers(SEARCH, FIELDS, on_progress=lambda rows, of: seen.append((rows, of)))
    assert extract.frame["internal_id"].to_list() == [n * 3 for n in range(1, count + 1)]
    assert extract.frame["email"].to_list() == [f"{n}@example.com" for n in range(1, count + 1)]
    assert extract.count == count
    assert extract.calls == len(server.calls)
    assert seen == sorted(seen)
    assert not count or seen[-1] == (count, count)


def test_no_more_calls_run_at_once_than_allowed() -> None:
    world, inside = world_of(600), threading.Barrier(3)

    def meet() -> None:
        inside.wait(timeout=20)

    for nth in range(3):
        world.interfere("search.getRange", meet, skip=4 + nth)
    with connected(world, Options(concurrency=3), rows_per_call=50, concurrency=3) as (client, server):
        read(client)
        assert server.most_at_once == 3
        assert {call.status for call in server.calls} == {200}


@pytest.mark.rule("X10")
def test_an_answer_that_hides_rows_is_found_out() -> None:
    world = world_of(500)
    with connected(world, rows_per_call=100) as (client, server):
        server.script = server.script.changed("ids.push(after);", "if (after === 300) continue; ids.push(after);")
        with pytest.raises(TransientError, match="499 read, 500 counted"):
            read(client)


@pytest.mark.rule("X10")
def test_an_answer_in_another_order_is_found_out() -> None:
    with connected(world_of(50)) as (client, server):
        server.script = server.script.changed("return { ids, values", "return { ids: ids.reverse(), values")
        with pytest.raises(TransientError, match="order"):
            read(client)


@pytest.mark.rule("X10")
@pytest.mark.parametrize(
    ("answered", "says"),
    [
        (
            "ids: [], values: columns.map(() => []), texts: columns.map(() => null), more: true",
            "says that there are more",
        ),
        ("ids: [1], values: columns.map(() => ['x']), texts: columns.map(() => null), more: true", "begins with id 1,"),
        (
            "ids: [99999], values: columns.map(() => ['x']), texts: columns.map(() => null), more",
            "begins with id 99,999",
        ),
        ("ids: ids.concat([99999]), values, texts, more", "ends with id 99,999"),
        ("ids: ids.concat(ids.slice(-1)), values, texts, more", "not the agreed form"),
        ("ids: ids.map(String), values, texts, more", "not the agreed form"),
        ("ids, values: values.map((v) => v.map(() => 7)), texts, more", "not the agreed form"),
        ("ids, values: 7, texts, more", "not the agreed form"),
        ("ids: Array(5001).fill(ids[0]), values: columns.map(() => Array(5001).fill('x')), texts, more", "5,001 rows"),
    ],
)
def test_a_page_that_cannot_be_right_fails_the_read_with_its_reason(answered: str, says: str) -> None:
    with connected(world_of(50), rows_per_call=10) as (client, server):
        server.script = server.script.changed(
            "return { ids, values: cells.map((cell) => cell.values), texts, more };",
            f"const values = cells.map((cell) => cell.values); return after > 20 && ids.length ? {{ {answered} }} "
            ": { ids, values, texts, more };",
        )
        with pytest.raises(TransientError, match=says):
            read(client)
        assert len(server.calls_of("search")) < 20


@pytest.mark.rule("X10")
def test_a_search_that_never_ends_is_ended_at_a_bound_that_is_named() -> None:
    with connected(world_of(2), concurrency=1) as (client, server):
        server.script = server.script.changed(
            "first: end(search.Sort.ASC), last: end(search.Sort.DESC)", "first: 1, last: 9e14"
        )
        server.script = server.script.changed(
            "const columns = chosen(found.columns, request.columns);",
            "const columns = chosen(found.columns, request.columns);"
            "const all = Array.from({ length: 5000 }, (_, n) => after + 1 + n);"
            "return { ids: all, values: columns.map(() => all.map(() => '')), "
            "texts: columns.map(() => null), more: true };",
        )
        with pytest.raises(TransientError, match="15,000 rows, where 2 were counted and 10,004 are taken at most"):
            read(client)


@pytest.mark.rule("X10")
@pytest.mark.parametrize("count", ["-1", "'many'", "null", "NaN", "2.5"])
def test_a_count_that_is_none_fails_the_read(count: str) -> None:
    with connected(world_of(2)) as (client, server):
        server.script = server.script.changed(
            "return { columns, count, first", f"return {{ columns, count: {count}, first"
        )
        with pytest.raises(TransientError, match="not the agreed form"):
            read(client)


@pytest.mark.rule("X10")
def test_ids_that_were_not_asked_for_do_not_exist() -> None:
    with connected(world_of(2)) as (client, server):
        server.script = server.script.changed(
            "return { ids: found.run()", "return { ids: ['77'].concat([]), x: found.run()"
        )
        with pytest.raises(TransientError, match="1 customers that were not asked for"):
            client.existing([InternalId(1)])


@pytest.mark.rule("X10")
def test_customers_that_come_and_go_meanwhile_do_not_hide_others() -> None:
    world = world_of(500)

    def meanwhile() -> None:
        world.delete(3)
        world.insert(4)
        world.insert(1_498)
        world.insert(1_499)

    world.interfere("search.getRange", meanwhile, skip=6)
    with connected(world, rows_per_call=50) as (client, _):
        extract = client.read_customers(SEARCH, FIELDS)
    steady = {n * 3 for n in range(2, 501)}
    ids = extract.frame["internal_id"].to_list()
    assert steady <= set(ids)
    assert ids == sorted(set(ids))


@pytest.mark.rule("X10")
@pytest.mark.parametrize("columns", [STANDARD_COLUMNS[::-1], STANDARD_COLUMNS[:-1]], ids=["reordered", "fewer"])
@pytest.mark.parametrize("quick", [False, True])
def test_columns_that_a_person_moves_meanwhile_are_found_out(columns: tuple[Column, ...], quick: bool) -> None:
    with connected(world_of(500), rows_per_call=100) as (client, server):
        whole = client.read_customers(SEARCH, FIELDS)
        known = PreviousRead(whole.frame, whole.read_at) if quick else None
        moved = SavedSearch(columns=columns)
        world = server.world
        world.interfere("search.getRange", lambda: server.searches.update({SEARCH: moved}), skip=3)
        with pytest.raises(TransientError, match="columns of the saved search were changed"):
            client.read_customers(SEARCH, FIELDS, known)
        assert client.read_customers(SEARCH, {"internal_id": "Internal ID", "email": "Email"}).frame.height == 500


@pytest.mark.rule("X10")
def test_of_a_page_that_was_overtaken_only_its_own_rows_are_kept() -> None:
    with connected() as (client, _):
        query = Query(SEARCH, IDS_ONLY, 100, {})
        pages = _Pages(client._restlet, query, 5, None)
        for ids, until in (([4, 5], 9), ([1, 2, 3, 4], 3), ([8], 7)):
            pages._keep(page_frame(Page(ids, [], []), IDS_ONLY), until)
        assert pages.frame()["internal_id"].to_list() == [1, 2, 3, 4, 5]


def test_a_read_that_ends_half_way_gives_nothing_but_the_reason() -> None:
    with connected(world_of(500), rows_per_call=50) as (client, server):
        server.fail(Fault(kind="unavailable", action="search", skip=5, times=100))
        with pytest.raises(TransientError, match="nothing was found out"):
            read(client)


@pytest.mark.parametrize("kind", ["limit", "busy", "unavailable", "error", "reset", "lost", "garbage"])
def test_weather_does_not_change_the_result(kind: Any) -> None:  # noqa: ANN401
    world = world_of(300)
    with connected(world, rows_per_call=50) as (client, server):
        calm = read(client)
        for action in ("measure", "search"):
            server.fail(Fault(kind=kind, action=action, times=2))
        assert_frame_equal(read(client), calm)


def test_a_server_that_does_not_answer_is_asked_again() -> None:
    impatient = RetryPolicy(attempts=6, first_wait=0.01, longest_wait=0.02)
    short = Timeouts(connect_seconds=5, answer_seconds=1)
    with connected(world_of(3), retry_policy=impatient, timeouts=short) as (client, server):
        server.fail(Fault(kind="silence", action="measure"))
        assert read(client).height == 3


def test_identical_rows_of_a_join_are_dropped_and_counted() -> None:
    world = World()
    world.insert(1, contacts=["first", "second", "third"])
    world.insert(2)
    columns = (*STANDARD_COLUMNS, Column("name", "Contact", join="contact"))
    with connected(world, searches=[SavedSearch(columns=columns)]) as (client, _):
        extract = client.read_customers(SEARCH, FIELDS)
    assert extract.frame["internal_id"].to_list() == [1, 2]
    assert (extract.count, extract.duplicates) == (4, 2)


@pytest.mark.rule("W3")
def test_long_comments_come_whole() -> None:
    world = World()
    comments = "é" * 3_000 + "\ncus_1"
    world.insert(1, comments=comments)
    with connected(world) as (client, _):
        assert read(client)["comments"].to_list() == [comments]


def test_who_exists_can_be_asked_for_any_number_of_ids() -> None:
    world = world_of(2_500, step=2)
    with connected(world) as (client, _):
        assert client.existing(range(1, 5_001)) == set(range(2, 5_001, 2))  # type: ignore[arg-type]
        assert client.existing([]) == set()
