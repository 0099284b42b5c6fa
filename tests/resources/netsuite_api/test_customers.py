"""A read of a saved search gives every customer once, as the frame that all readers give, or an error: never a part."""

import threading
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from resources.netsuite_api import RetryPolicy, Timeouts
from sandbox.netsuite_standin import STANDARD_COLUMNS, STRIPE_FIELD, Column, Fault, Options, SavedSearch, World
from schemas.customers import NetsuiteCustomers
from tests.link_columns import NO_LINKS, with_link_columns
from tests.resources.netsuite_api.netsuite_world import FIELDS, SEARCH, connected
from tests.resources.netsuite_api.reading_customers import read, world_of


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
