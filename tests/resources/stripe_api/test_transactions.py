"""Who has transacted, asked of the stand-in; what cannot be asked is never a no."""

from collections.abc import Callable

import orjson
import pytest

from resources.stripe_api.reading import transactions
from resources.stripe_api.reading.pages import UnusableError, payment_page
from resources.stripe_api.reading.transactions import MOST_FAILURES, look_at, who_transacted
from sandbox.stripe_standin import Book, Fault, add_charge, add_invoice
from schemas.errors import TransientError
from schemas.transactions import Candidate
from tests.resources.stripe_api.stripe_world import START, Stage, stage


def told(_: str) -> None:
    """Nobody listens."""


def load(at: Stage, customers: int) -> list[str]:
    names = [f"cus_{number:03d}" for number in range(customers)]
    at.book.load((name, START - 1, {}) for name in names)
    return names


@pytest.mark.rule("C2")
def test_many_are_asked_about_and_each_gets_its_own_answer() -> None:
    with stage() as at:
        names = load(at, 40)
        for name in names[::2]:
            add_charge(at.book, name)
        found = who_transacted(at.connection, [Candidate(name) for name in names], told)
    assert [each.customer for each in found] == names
    assert [each.state for each in found] == ["transacted", "none"] * 20
    assert {each.reason for each in found} == {None}


@pytest.mark.rule("C2")
@pytest.mark.parametrize(
    ("make", "page"),
    [
        (lambda book, status: add_charge(book, "cus_000", status), 100),
        (lambda book, status: add_invoice(book, "cus_000", status), 10),
    ],
)
def test_the_oldest_row_of_many_decides(make: Callable[[Book, str], str], page: int) -> None:
    idle, good = ("failed", "succeeded") if page == 100 else ("draft", "void")
    with stage() as at:
        load(at, 1)
        make(at.book, good)
        for _ in range(page * 2):
            make(at.book, idle)
        assert look_at(at.connection, Candidate("cus_000")).state == "transacted"


@pytest.mark.rule("C16")
def test_weather_is_waited_for() -> None:
    with stage() as at:
        load(at, 1)
        add_charge(at.book, "cus_000")
        for kind in ("rate_limited", "server_error", "reset", "truncated"):
            at.server.fault(Fault(kind=kind))
        assert look_at(at.connection, Candidate("cus_000")).state == "transacted"


@pytest.mark.rule("C16")
def test_when_questions_only_fail_the_asking_ends_and_everybody_is_unknown() -> None:
    with stage() as at:
        names = load(at, 200)
        at.server.fault(Fault(kind="server_error", should_retry=False, times=None))
        found = who_transacted(at.connection, [Candidate(name) for name in names], told)
        requests = len(at.server.log)
    assert {each.state for each in found} == {"unknown"}
    assert all(each.reason for each in found)
    assert MOST_FAILURES <= requests < MOST_FAILURES + at.connection.account.max_in_flight
    assert f"not asked, after {MOST_FAILURES} failures in a row" in str(found[-1].reason)


@pytest.mark.rule("C16")
def test_failures_with_answers_between_them_do_not_end_it() -> None:
    with stage(max_in_flight=1) as at:
        names = load(at, 60)
        for name in names[::2]:
            fault = Fault(kind="server_error", should_retry=False, times=None, query=f"customer={name}.*")
            at.server.fault(fault)
        found = who_transacted(at.connection, [Candidate(name) for name in names], told)
    assert [each.state for each in found] == ["unknown", "none"] * 30


@pytest.mark.rule("C16")
def test_a_list_without_an_end_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "MOST_PAGES", 2)
    with stage() as at:
        load(at, 1)
        for _ in range(201):
            add_charge(at.book, "cus_000", "failed")
        with pytest.raises(TransientError, match="more than 2 pages"):
            look_at(at.connection, Candidate("cus_000"))


@pytest.mark.rule("C16")
def test_an_unknown_customer_is_no_answer() -> None:
    with stage() as at:
        load(at, 1)
        [found] = who_transacted(at.connection, [Candidate("cus_none")], told)
    assert found.state == "unknown"
    assert "resource_missing" in str(found.reason)


CHARGE = {"id": "ch_1", "object": "charge", "created": 1, "customer": "cus_1", "status": "failed", "livemode": False}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({**CHARGE, "customer": "cus_2"}, "of another customer"),
        ({**CHARGE, "customer": None}, "of another customer"),
        ({**CHARGE, "status": True}, "lacks its status"),
        ({**CHARGE, "livemode": None}, "lacks its status or its mode"),
        ({**CHARGE, "object": "invoice"}, "no charge"),
        ({**CHARGE, "customer": "cus_2", "created": None}, "no time of creation"),
    ],
)
def test_a_page_that_cannot_be_right_is_refused(row: dict[str, object], said: str) -> None:
    body = orjson.dumps({"object": "list", "data": [row], "has_more": False})
    with pytest.raises(UnusableError, match=said):
        payment_page(body, "charge", "cus_1")
