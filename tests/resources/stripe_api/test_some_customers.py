"""A few customers as they are now, by address in two spellings or by id; who is gone is named."""

from datetime import UTC, datetime

import pytest

from resources.stripe_api.reading.some_customers import KnownUntil, some_customers, with_news
from sandbox.stripe_standin import ApiKey, Fault
from schemas.errors import AccessError, TransientError, UserError
from tests.resources.stripe_api.stripe_world import START, Stage, stage


def ids(at: Stage, emails: list[str], names: list[str]) -> tuple[list[str], set[str]]:
    found = some_customers(at.connection, emails, names, ["netsuite_customer_id"])
    return sorted(found.frame.get_column("id")), set(found.gone)


@pytest.mark.rule("P5")
def test_an_address_is_asked_for_as_it_is_written_and_in_lower_case(at: Stage) -> None:
    emails = {"cus_1": "Anna@a.example", "cus_2": "anna@a.example", "cus_3": "ANNA@a.example", "cus_4": "b@a.example"}
    at.book.load((name, START - 1, {"email": email}) for name, email in emails.items())
    assert ids(at, [" Anna@a.example "], []) == (["cus_1", "cus_2"], set())
    assert ids(at, ["", "  "], []) == ([], set())


@pytest.mark.rule("P5")
def test_whoever_is_named_is_read_and_who_is_gone_is_told(at: Stage) -> None:
    at.book.load((f"cus_{n}", START - 1, {"metadata": {"netsuite_customer_id": "7"}}) for n in (1, 2))
    at.book.delete("cus_2")
    found = some_customers(at.connection, [], ["cus_1", "cus_2", "cus_none"], ["netsuite_customer_id"])
    assert found.frame.select("id", "metadata.netsuite_customer_id").rows() == [("cus_1", "7")]
    assert found.gone == {"cus_2", "cus_none"}


def test_who_is_found_both_ways_is_there_once(at: Stage) -> None:
    at.book.load([("cus_1", START - 1, {"email": "a@a.example"})])
    assert ids(at, ["a@a.example", "A@a.example"], ["cus_1"]) == (["cus_1"], set())


def test_more_of_one_address_than_a_page_holds_are_all_found_and_endless_ones_refused(at: Stage) -> None:
    at.book.load((f"cus_{n:05}", START - 1, {"email": "a@a.example"}) for n in range(250))
    assert len(ids(at, ["a@a.example"], [])[0]) == 250
    at.book.load((f"cus_x{n:05}", START - 1, {"email": "a@a.example"}) for n in range(800))
    with pytest.raises(UserError, match="More than 1,000 Stripe customers"):
        ids(at, ["a@a.example"], [])


def test_what_cannot_be_asked_is_not_taken_for_nobody() -> None:
    with stage(retry_seconds=1) as at:
        at.server.fault(Fault(kind="server_error", times=None))
        with pytest.raises(TransientError):
            ids(at, ["a@a.example"], [])
    with stage(api_key="rk_test_none") as at:
        at.server.world.add_key(ApiKey("rk_test_none", permissions=frozenset()))
        with pytest.raises(AccessError):
            ids(at, ["a@a.example"], [])


@pytest.mark.rule("P5")
@pytest.mark.parametrize("by_events", [False, True])
def test_who_has_come_since_the_last_extract_is_read_whatever_the_case_of_the_address(
    at: Stage, *, by_events: bool
) -> None:
    """An address in a third case is found by neither question: it is among what is new, and with events changed."""
    at.book.load([("cus_old", START - 9, {"email": "x@a.example"}), ("cus_gone", START - 9, {})])
    read = datetime.now(UTC)
    at.clock.now = int(read.timestamp())
    new = at.book.create({"email": "ANNA@a.example"})
    at.book.put("cus_old", {"email": "ANNA@A.example"})
    at.book.delete("cus_gone")
    keys = ["netsuite_customer_id"]
    found = some_customers(at.connection, ["Anna@a.example"], [], keys)
    assert found.frame.is_empty()
    known = KnownUntil(read, read, 2)
    news = with_news(at.connection, found, known, keys, by_events=by_events)
    assert set(news.frame.get_column("id")) == ({new, "cus_old"} if by_events else {new})
    assert news.gone == ({"cus_gone"} if by_events else set())
