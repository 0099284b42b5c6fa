"""What a read of customers gives: columns, months, ranges, progress, rows that wait on disk."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from resources.extracts.on_disk import Disk
from resources.stripe_api import (
    ListProgress,
    StripeConnection,
    exists_before,
    oldest_month,
    read_customers,
)
from resources.stripe_api.reading.customer_columns import customers_schema
from sandbox.stripe_standin import ApiKey, StandInOptions, uneven_book
from schemas.customers import StripeCustomers
from schemas.errors import InternalError
from tests.resources.stripe_api.stripe_world import KEYS, START, YEARS, Stage, account, stage


def test_further_fields_are_read_by_their_path() -> None:
    with stage() as at:
        at.book.create({"address": {"postal_code": "94110", "city": None}, "currency": "usd"}, customer_id="cus_1")
        at.book.create({"name": "B"}, customer_id="cus_2")
        further = ("address.postal_code", "address.city", "shipping.address.city", "currency")
        rows = read_customers(at.connection, at.moment(), at.moment(1), (), further=further).rows.sort("id").collect()
    assert rows.select(further).rows() == [("94110", None, None, "usd"), (None, None, None, None)]
    assert rows.schema == customers_schema((), further)


def test_columns_are_those_of_the_contract() -> None:
    with stage() as at:
        at.book.create(
            {"email": "a@example.com", "name": "A", "metadata": {"netsuite_customer_id": "7", "other": "x"}},
            customer_id="cus_1",
        )
        rows = read_customers(at.connection, at.moment(), at.moment(1), KEYS).rows.collect()
    expected = pl.DataFrame(
        {
            "id": ["cus_1"],
            "created": [datetime.fromtimestamp(START, UTC)],
            "livemode": [False],
            "email": ["a@example.com"],
            "name": ["A"],
            "description": [None],
            "phone": [None],
            "metadata.netsuite_customer_id": ["7"],
            "metadata.netsuite_block_integration": [None],
            "near_keys": [None],
        },
        schema=customers_schema(KEYS),
    )
    assert_frame_equal(rows, expected)
    StripeCustomers.validate(rows)


@pytest.mark.parametrize("oldest", ["2011-01-01", "2019-02-28", "2019-03-01", "2023-10-31"])
def test_the_month_of_the_oldest_customer_is_found_in_a_few_reads(at: Stage, oldest: str) -> None:
    at.book.load([("cus_1", int(datetime.fromisoformat(f"{oldest}T23:59:59Z").timestamp()), {}), ("cus_2", START, {})])
    assert oldest_month(at.connection, datetime(2023, 11, 1, tzinfo=UTC)) == oldest[:7]
    assert len(at.server.log) <= 9


def test_uncompressed_answers_are_read_too() -> None:
    with stage(StandInOptions(gzip=False)) as at:
        uneven_book(at.book, 200)
        assert read_customers(at.connection, at.moment() - YEARS, at.moment(), KEYS).customers == 200


def test_half_open_range_takes_its_first_second_and_leaves_its_last() -> None:
    with stage() as at:
        at.book.load((f"cus_{n}", START + n, {}) for n in range(5))
        extract = read_customers(at.connection, at.moment(1), at.moment(3), KEYS)
        assert sorted(extract.rows.collect()["id"]) == ["cus_1", "cus_2"]


def test_empty_range_and_empty_account_have_no_rows_but_all_columns() -> None:
    with stage() as at:
        nothing = read_customers(at.connection, at.moment(), at.moment(), KEYS)
        assert (nothing.customers, nothing.reads, nothing.windows.height) == (0, 0, 0)
        empty = read_customers(at.connection, at.moment(), at.moment(9), KEYS)
        assert (empty.customers, empty.reads, empty.windows.height) == (0, 1, 1)
        assert empty.rows.collect_schema() == customers_schema(KEYS)


def test_small_account_costs_one_read() -> None:
    with stage() as at:
        at.book.load((f"cus_{n}", START + n, {}) for n in range(100))
        assert read_customers(at.connection, at.moment(), at.moment(3_600), KEYS).reads == 1


def test_range_without_a_time_zone_is_our_bug() -> None:
    with stage() as at, pytest.raises(InternalError):
        read_customers(at.connection, at.moment().replace(tzinfo=None), at.moment(), KEYS)


def test_connected_account_is_asked_by_its_header() -> None:
    with stage() as at:
        at.server.world.add_key(ApiKey("sk_test_platform", connected=frozenset({"acct_two"})))
        at.server.world.book("acct_two").create({}, customer_id="cus_two")
        platform = account(at.server, api_key="sk_test_platform", stripe_account="acct_two")
        with StripeConnection(platform) as connection:
            assert read_customers(connection, at.moment(), at.moment(1), KEYS).rows.collect()["id"].to_list() == [
                "cus_two"
            ]


def test_progress_ends_with_everything() -> None:
    with stage() as at:
        uneven_book(at.book, 1_000)
        told: list[ListProgress] = []
        extract = read_customers(at.connection, at.moment() - YEARS, at.moment(), KEYS, on_progress=told.append)
        assert (told[-1].rows, told[-1].windows_open, told[-1].windows_done) == (1_000, 0, extract.windows.height)
        assert told[-1].rate > 0
        assert told[-1].limit == 1_000


def test_rows_can_wait_on_disk(tmp_path: Path) -> None:
    with stage() as at:
        uneven_book(at.book, 25_000)
        until = at.moment()
        in_memory = read_customers(at.connection, until - YEARS, until, KEYS)
        on_disk = read_customers(at.connection, until - YEARS, until, KEYS, disk=Disk(tmp_path, 0))
        assert len(list(tmp_path.iterdir())) > 1
        assert_frame_equal(in_memory.rows.collect().sort("id"), on_disk.rows.collect().sort("id"))


def test_older_customers_are_noticed() -> None:
    with stage() as at:
        at.book.load([("cus_1", START - 10, {})])
        assert exists_before(at.connection, at.moment(-9))
        assert not exists_before(at.connection, at.moment(-10))
