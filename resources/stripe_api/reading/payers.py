"""Who has transacted, by whichever way takes fewer requests: each customer asked about, or the lists of all read.

Asking takes two requests for each customer, reading one for each hundred charges or invoices since the earliest moment
that matters to somebody. So the customers are put in the order of that moment: the first are asked about, for the
others the lists are read from the first of them on. How long the lists are is told by a few pages of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from resources.stripe_api.reading.pages import PaymentPage, payment_page
from resources.stripe_api.reading.parallel_list import PAGE_LIMIT, Listing, ListProgress, ParallelList
from resources.stripe_api.reading.transactions import (
    LISTS,
    PaymentList,
    check_mode,
    who_transacted,
)
from resources.stripe_api.session.connection import StripeConnection
from resources.stripe_api.session.refusals import StripeProblem
from schemas.errors import AccessError, TransientError
from schemas.transactions import Candidate, Transacted

EACH: Final = len(LISTS)
"""Requests for a customer that is asked about, if it has not paid and its lists are short."""

_PARTS: Final = 4
_SHORT: Final = 31 * 86_400  # a stretch that is told by one page of each list


@dataclass(frozen=True)
class Answers:
    """What was found out, in the order of the customers, and in which way.

    `read_since` is the second from which the lists were read, None if they were not; `by_lists` how many customers they
    answered for.
    """

    found: list[Transacted]
    by_lists: int = 0
    read_since: int | None = None


@dataclass(frozen=True)
class Stretch:
    """A stretch of time, `[gte, lt)`, and the pages that all lists have in it, about."""

    gte: int
    lt: int
    pages: float


def find_payers(
    connection: StripeConnection,
    candidates: Sequence[Candidate],
    until: int,
    on_progress: Callable[[str], None],
) -> Answers:
    """Find out about each customer; what happens from the second `until` on may be left out.

    Raises:
        InternalError: Stripe does not understand a question.
    """
    by_age = sorted(candidates, key=lambda candidate: (candidate.since, candidate.customer))
    asked = by_age[: _how_many_to_ask(connection, by_age, until, on_progress)]
    rest = by_age[len(asked) :]
    found = {each.customer: each for each in who_transacted(connection, asked, on_progress)}
    if rest:
        found |= {each.customer: each for each in _read(connection, rest, until, on_progress)}
    answers = [found[candidate.customer] for candidate in candidates]
    return Answers(answers, len(rest), rest[0].since if rest else None)


def cheapest(by_age: Sequence[Candidate], stretches: Sequence[Stretch]) -> int:
    """How many of the customers, in the order of their moments, to ask about, so that the fewest requests are made.

    >>> ten_years = [Stretch(0, 10, pages=100.0)]
    >>> cheapest([Candidate("cus_1"), Candidate("cus_2", 9), Candidate("cus_3", 9)], ten_years)
    3
    >>> cheapest([Candidate("cus_1"), *[Candidate(f"cus_{n}", 9) for n in range(90)]], ten_years)
    1
    """
    best, fewest = len(by_age), float(EACH * len(by_age))
    for asked, candidate in enumerate(by_age):
        requests = EACH * asked + EACH + sum(_pages_since(candidate.since, each) for each in stretches)
        if requests < fewest:
            best, fewest = asked, requests
    return best


def _how_many_to_ask(
    connection: StripeConnection, by_age: Sequence[Candidate], until: int, on_progress: Callable[[str], None]
) -> int:
    """Look how long the lists are, unless asking takes hardly more than looking."""
    many = len(by_age)
    since = min(by_age[0].since, until) if by_age else until
    bounds = _bounds(since, until)
    if EACH * many <= EACH * len(bounds):
        return many
    try:
        stretches = [_stretch(connection, low, high) for low, high in pairwise(bounds)]
    except (AccessError, TransientError):
        return many  # each answer says why it could not be had
    asked = cheapest(by_age, stretches)
    pages = sum(each.pages for each in stretches)
    on_progress(
        f"{many:,} customers without a record: to ask about each takes {EACH * many:,} requests, to read all charges "
        f"and invoices about {pages + EACH:,.0f}; {asked:,} are asked about"
    )
    return asked


def _bounds(since: int, until: int) -> list[int]:
    parts = 1 if until - since <= _SHORT else _PARTS
    return [since + (until - since) * part // parts for part in range(parts + 1)]


def _stretch(connection: StripeConnection, gte: int, lt: int) -> Stretch:
    return Stretch(gte, lt, sum(_pages(connection, of, gte, lt) for of in LISTS))


def _pages(connection: StripeConnection, of: PaymentList, gte: int, lt: int) -> float:
    """Tell the length of a list between two moments by its newest page there."""
    endpoint = f"GET {of.path}"
    params = [("limit", str(PAGE_LIMIT)), ("created[gte]", str(gte)), ("created[lt]", str(lt))]
    page = connection.get(endpoint, of.path, params, lambda body: payment_page(body, of.kind))
    if isinstance(page, StripeProblem):
        raise page.error(endpoint)
    if not page.has_more or not page.created:
        return len(page.created) / PAGE_LIMIT
    return len(page.created) / max(1, lt - page.created[-1]) * (lt - gte) / PAGE_LIMIT


def _pages_since(since: int, stretch: Stretch) -> float:
    share = (stretch.lt - max(since, stretch.gte)) / max(1, stretch.lt - stretch.gte)
    return stretch.pages * min(1.0, max(0.0, share))


def _read(
    connection: StripeConnection, candidates: Sequence[Candidate], until: int, on_progress: Callable[[str], None]
) -> list[Transacted]:
    """Read both lists of all customers; what cannot be read whole is no answer for anybody (C16)."""
    wanted = {candidate.customer for candidate in candidates}
    paid: set[str] = set()
    is_open: set[str] = set()
    try:
        for of in LISTS:
            _read_list(connection, of, (candidates[0].since, until), (wanted, paid, is_open), on_progress)
    except (AccessError, TransientError) as error:
        return [Transacted(candidate.customer, "unknown", str(error)) for candidate in candidates]
    return [
        Transacted(each.customer, "transacted")
        if each.customer in paid
        else Transacted(each.customer, "none", is_open=each.customer in is_open)
        for each in candidates
    ]


def _read_list(
    connection: StripeConnection,
    of: PaymentList,
    span: tuple[int, int],
    sets: tuple[set[str], set[str], set[str]],
    on_progress: Callable[[str], None],
) -> None:
    wanted, paid, is_open = sets

    def keep(page: PaymentPage, _count: int) -> None:
        """Rows that another window brings as well do no harm."""
        check_mode(connection, page, of.kind)
        for customer, state in zip(page.customers, page.states, strict=True):
            if customer in wanted and state in of.states:
                paid.add(customer)
            elif customer in wanted and state in of.open_states:
                is_open.add(customer)

    def tell(now: ListProgress) -> None:
        on_progress(f"{now.rows:,} {of.kind}s read, {now.rate:.1f} of {now.limit} requests a second")

    listing = Listing(of.path, (), lambda body: payment_page(body, of.kind), keep)
    ParallelList(connection, listing, *span, tell).run()
