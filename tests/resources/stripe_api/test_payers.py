"""Who has transacted, found by asking or by reading the lists of all: the same answers, by the fewer requests."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.stripe_api.reading.payers import EACH, Answers, Stretch, cheapest, find_payers
from resources.stripe_api.reading.transactions import who_transacted
from sandbox.stripe_standin import Book, Fault, add_charge, add_invoice
from schemas.transactions import Candidate
from tests.resources.stripe_api.stripe_world import START, Stage, stage


def told(_: str) -> None:
    """Nobody listens."""


def load(at: Stage, customers: int) -> list[str]:
    names = [f"cus_{number:03d}" for number in range(customers)]
    at.book.load((name, START, {}) for name in names)
    return names


def found(at: Stage, names: Sequence[str], since: int = START) -> Answers:
    at.clock.now += 1
    return find_payers(at.connection, [Candidate(name, since) for name in names], at.clock.now, told)


def requests(at: Stage) -> list[str]:
    return [line.path for line in at.server.log]


@pytest.mark.rule("C2")
@pytest.mark.parametrize(
    ("happened", "state", "is_open"),
    [
        (add_charge, "transacted", False),
        (lambda book, name: add_charge(book, name, "failed"), "none", False),
        (lambda book, name: add_charge(book, name, "pending"), "none", True),
        (lambda book, name: add_invoice(book, name, "draft"), "none", True),
        (lambda book, name: add_invoice(book, name, "open"), "transacted", False),
        (lambda book, name: add_invoice(book, name, "paid"), "transacted", False),
        (lambda book, name: add_invoice(book, name, "void"), "transacted", False),
        (lambda book, name: add_invoice(book, name, "uncollectible"), "transacted", False),
        (lambda book, _: add_charge(book, None), "none", False),
    ],
)
def test_lists_and_questions_give_the_same_answer(
    happened: Callable[[Book, str], str], state: str, *, is_open: bool
) -> None:
    with stage() as at:
        names = load(at, 40)
        happened(at.book, names[7])
        by_lists = found(at, names)
        asked = who_transacted(at.connection, [Candidate(name) for name in names], told)
    assert by_lists.by_lists == 40
    assert by_lists.found == asked
    assert (by_lists.found[7].state, by_lists.found[7].is_open) == (state, is_open)


@pytest.mark.rule("C2")
def test_for_many_the_lists_are_read_and_for_few_each_is_asked_about() -> None:
    with stage() as at:
        names = load(at, 300)
        for name in names[:250]:
            add_charge(at.book, name)
        many = found(at, names)
        of_many = len(requests(at))
        few = found(at, names[:1])
    assert (many.by_lists, few.by_lists) == (300, 0)
    assert [each.state for each in many.found] == ["transacted"] * 250 + ["none"] * 50
    assert of_many < 20 < EACH * 300
    assert len(requests(at)) - of_many == 1


@pytest.mark.rule("C2")
def test_an_old_customer_among_new_ones_is_asked_about_so_that_no_long_list_is_read() -> None:
    with stage() as at:
        names = load(at, 30)
        for _ in range(3_000):
            at.clock.now += 5_000
            add_charge(at.book, None)
        new = at.clock.now
        candidates = [Candidate(names[0], START), *(Candidate(name, at.clock.now) for name in names[1:])]
        at.clock.now += 1
        answers = find_payers(at.connection, candidates, at.clock.now, told)
    assert (answers.by_lists, answers.read_since) == (29, new)
    assert len(requests(at)) < 20


@pytest.mark.rule("C16")
@pytest.mark.parametrize("path", ["/v1/charges", "/v1/invoices"])
def test_a_list_that_cannot_be_read_whole_is_no_answer_for_anybody(path: str) -> None:
    with stage() as at:
        names = load(at, 120)
        for name in names:
            add_charge(at.book, name)
            add_invoice(at.book, name)
        at.server.fault(
            Fault(kind="server_error", should_retry=False, times=None, path=path, query=".*starting_after.*")
        )
        answers = found(at, names)
    assert answers.by_lists == 120
    assert {each.state for each in answers.found} == {"unknown"}
    assert all(path in str(each.reason) for each in answers.found)


_SECONDS = st.integers(0, 40)


@given(
    st.lists(_SECONDS, max_size=30),
    st.lists(st.floats(0, 50), min_size=1, max_size=4),
)
def test_no_other_division_takes_fewer_requests(moments: list[int], pages: list[float]) -> None:
    stretches = [Stretch(n * 10, n * 10 + 10, each) for n, each in enumerate(pages)]
    by_age = [Candidate(f"cus_{n}", since) for n, since in enumerate(sorted(moments))]

    def cost(asked: int) -> float:
        if asked == len(by_age):
            return EACH * asked
        since = by_age[asked].since
        shares = (min(10, max(0, each.lt - since)) / 10 * each.pages for each in stretches)
        return EACH * asked + EACH + sum(shares)

    least = min(cost(asked) for asked in range(len(by_age) + 1))
    assert cost(cheapest(by_age, stretches)) == pytest.approx(least)
