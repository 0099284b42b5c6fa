"""Who has transacted: a charge of the customer succeeded, or an invoice of it is no draft. Asked customer by customer.

No field of a customer says it. Both lists are newest first and are read until one row says yes. "Could not ask" is an
answer of its own, `unknown`, and keeps nobody else from being asked; when questions only fail, the asking ends.
Reading the lists of all customers instead is in `payers`.
"""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from resources.stripe_api.reading.pages import PaymentPage, UnusableError, payment_page
from resources.stripe_api.session.connection import StripeConnection
from resources.stripe_api.session.refusals import StripeProblem
from schemas.errors import AccessError, TransientError
from schemas.transactions import Candidate, Transacted

MOST_PAGES: Final = 100
"""Pages of one list of one customer. Ten thousand failed charges are an attack on a shop, not a customer of it."""

MOST_FAILURES: Final = 20
"""Customers in a row for whom Stripe could not be asked, before nobody is asked any more: it will not be better."""

_TOLD_EVERY: Final = 5.0


@dataclass(frozen=True)
class PaymentList:
    """A list that shows transactions: where it is, the states of those of its rows that are some, or may become one."""

    kind: str
    path: str
    limit: int
    states: frozenset[str | None]
    open_states: frozenset[str | None]


CHARGES: Final = PaymentList("charge", "/v1/charges", 100, frozenset({"succeeded"}), frozenset({"pending"}))
_INVOICED: Final = frozenset({"open", "paid", "uncollectible", "void"})
INVOICES: Final = PaymentList("invoice", "/v1/invoices", 10, _INVOICED, frozenset({"draft"}))  # its rows are large
LISTS: Final = (CHARGES, INVOICES)


def who_transacted(
    connection: StripeConnection, candidates: Sequence[Candidate], on_progress: Callable[[str], None]
) -> list[Transacted]:
    """Ask for each customer, several at a time, in the order given. `on_progress` hears how far it is.

    Raises:
        InternalError: Stripe does not understand the question.
    """
    asking = _Asking(connection)
    found: list[Transacted] = []
    said_at = time.monotonic()
    with ThreadPoolExecutor(connection.account.max_in_flight, "stripe") as pool:
        try:
            for answer in pool.map(asking.one, candidates):
                found.append(answer)
                if time.monotonic() - said_at >= _TOLD_EVERY:
                    said_at = time.monotonic()
                    on_progress(
                        f"asked for {len(found):,} of {len(candidates):,} customers whether they have transacted"
                    )
        finally:
            asking.ended.set()
            pool.shutdown(wait=False, cancel_futures=True)
    return found


def look_at(
    connection: StripeConnection, candidate: Candidate, *, halted: Callable[[], bool] = lambda: False
) -> Transacted:
    """Look for a charge of the customer that succeeded, or an invoice that is no draft.

    Raises:
        AccessError: Stripe refuses the question, or what it sent is of another mode.
        TransientError: Stripe could not be asked.
    """
    is_open = False
    for each in LISTS:
        found = _states(connection, candidate, each, halted)
        if not each.states.isdisjoint(found):
            return Transacted(candidate.customer, "transacted")
        is_open = is_open or not each.open_states.isdisjoint(found)
    return Transacted(candidate.customer, "none", is_open=is_open)


def check_mode(connection: StripeConnection, page: PaymentPage, kind: str) -> None:
    """Raise AccessError if a row is not of the mode that the key opens."""
    if page.modes - {connection.account.livemode}:
        raise AccessError(
            f"Stripe sent {kind}s of another mode than the {connection.account.key_mode} key opens. Check which "
            "account and mode the key belongs to."
        )


def why_not_read(connection: StripeConnection, of: PaymentList) -> str:
    """Ask for one row of a list, and say why it cannot be read; nothing if it can."""
    endpoint = f"GET {of.path}"
    try:
        answer = connection.get(endpoint, of.path, [("limit", "1")], lambda body: payment_page(body, of.kind))
        if isinstance(answer, StripeProblem):
            raise answer.error(endpoint)
        check_mode(connection, answer, of.kind)
    except (AccessError, TransientError) as error:
        return str(error)
    return ""


class _Asking:
    """Asks for one customer after the other, and stops when that has become pointless. Safe for threads."""

    def __init__(self, connection: StripeConnection) -> None:
        self.ended = threading.Event()
        self._connection = connection
        self._lock = threading.Lock()
        self._failures = 0
        self._why = ""

    def one(self, candidate: Candidate) -> Transacted:
        customer = candidate.customer
        if self.ended.is_set():
            return Transacted(customer, "unknown", f"not asked, after {MOST_FAILURES} failures in a row: {self._why}")
        try:
            found = look_at(self._connection, candidate, halted=self.ended.is_set)
        except (AccessError, TransientError) as error:
            self._note(str(error))
            return Transacted(customer, "unknown", str(error))
        self._note(None)
        return found

    def _note(self, failure: str | None) -> None:
        with self._lock:
            self._failures = 0 if failure is None else self._failures + 1
            if failure is not None and self._failures == MOST_FAILURES:
                self._why = failure
                self.ended.set()


def _states(
    connection: StripeConnection, candidate: Candidate, of: PaymentList, halted: Callable[[], bool]
) -> set[str | None]:
    """Read a list of a customer until a row shows a transaction, or to its end; return the states that were seen."""
    seen: set[str] = set()
    states: set[str | None] = set()
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        page = _page(connection, candidate, of, cursor, halted)
        states.update(page.states)
        if not of.states.isdisjoint(states) or not page.has_more:
            return states
        if not seen.isdisjoint(page.ids):
            raise TransientError(f"Stripe's list {of.path} of one customer has a {of.kind} on two pages.")
        seen.update(page.ids)
        cursor = page.ids[-1]
    raise TransientError(f"Stripe's list {of.path} of one customer has more than {MOST_PAGES} pages without an answer.")


def _page(
    connection: StripeConnection, candidate: Candidate, of: PaymentList, cursor: str | None, halted: Callable[[], bool]
) -> PaymentPage:
    endpoint = f"GET {of.path}"
    since = [("created[gte]", str(candidate.since))] if candidate.since else []
    after = [] if cursor is None else [("starting_after", cursor)]

    def read(body: bytes) -> PaymentPage:
        page = payment_page(body, of.kind, candidate.customer)
        if len(page.ids) > of.limit or (page.has_more and not page.ids):
            raise UnusableError(f"a page of {of.kind}s with more rows than were asked for, or none before its end")
        return page

    params = [("customer", candidate.customer), ("limit", str(of.limit)), *since, *after]
    answer = connection.get(endpoint, of.path, params, read, halted=halted)
    if isinstance(answer, StripeProblem):
        raise answer.error(endpoint)
    check_mode(connection, answer, of.kind)
    return answer
