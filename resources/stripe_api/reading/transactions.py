"""Who has transacted: a charge of the customer succeeded, or an invoice of it is no draft. Asked customer by customer.

No field of a customer says it. Both lists are newest first and are read until one row says yes. "Could not ask" is an
answer of its own, `unknown`, and keeps nobody else from being asked; when questions only fail, the asking ends.
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
from schemas.words import TransactionState

MOST_PAGES: Final = 100
"""Pages of one list of one customer. Ten thousand failed charges are an attack on a shop, not a customer of it."""

MOST_FAILURES: Final = 20
"""Customers in a row for whom Stripe could not be asked, before nobody is asked any more: it will not be better."""

_TOLD_EVERY: Final = 5.0


@dataclass(frozen=True)
class Transacted:
    """What was found out about one customer; `reason` says why it is `unknown`, and nothing else."""

    customer: str
    state: TransactionState
    reason: str | None = None


@dataclass(frozen=True)
class _List:
    """A list that shows transactions: where it is, and the states of those of its rows that are some."""

    kind: str
    path: str
    limit: int
    states: frozenset[str | None]


_LISTS: Final = (
    _List("charge", "/v1/charges", 100, frozenset({"succeeded"})),
    _List("invoice", "/v1/invoices", 10, frozenset({"open", "paid", "uncollectible", "void"})),  # its rows are large
)


def who_transacted(
    connection: StripeConnection, customers: Sequence[str], on_progress: Callable[[str], None]
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
            for answer in pool.map(asking.one, customers):
                found.append(answer)
                if time.monotonic() - said_at >= _TOLD_EVERY:
                    said_at = time.monotonic()
                    on_progress(
                        f"asked for {len(found):,} of {len(customers):,} customers whether they have transacted"
                    )
        finally:
            asking.ended.set()
            pool.shutdown(wait=False, cancel_futures=True)
    return found


def has_transacted(connection: StripeConnection, customer: str, *, halted: Callable[[], bool] = lambda: False) -> bool:
    """Whether a customer has a charge that succeeded, or an invoice that is no draft.

    Raises:
        AccessError: Stripe refuses the question, or what it sent is of another mode.
        TransientError: Stripe could not be asked.
    """
    return any(_has(connection, customer, each, halted) for each in _LISTS)


class _Asking:
    """Asks for one customer after the other, and stops when that has become pointless. Safe for threads."""

    def __init__(self, connection: StripeConnection) -> None:
        self.ended = threading.Event()
        self._connection = connection
        self._lock = threading.Lock()
        self._failures = 0
        self._why = ""

    def one(self, customer: str) -> Transacted:
        if self.ended.is_set():
            return Transacted(customer, "unknown", f"not asked, after {MOST_FAILURES} failures in a row: {self._why}")
        try:
            says_yes = has_transacted(self._connection, customer, halted=self.ended.is_set)
        except (AccessError, TransientError) as error:
            self._note(str(error))
            return Transacted(customer, "unknown", str(error))
        self._note(None)
        return Transacted(customer, "transacted" if says_yes else "none")

    def _note(self, failure: str | None) -> None:
        with self._lock:
            self._failures = 0 if failure is None else self._failures + 1
            if failure is not None and self._failures == MOST_FAILURES:
                self._why = failure
                self.ended.set()


def _has(connection: StripeConnection, customer: str, of: _List, halted: Callable[[], bool]) -> bool:
    """Read a list of a customer until a row shows a transaction, or to its end."""
    seen: set[str] = set()
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        page = _page(connection, customer, of, cursor, halted)
        if not of.states.isdisjoint(page.states):
            return True
        if not page.has_more:
            return False
        if not seen.isdisjoint(page.ids):
            raise TransientError(f"Stripe's list {of.path} of one customer has a {of.kind} on two pages.")
        seen.update(page.ids)
        cursor = page.ids[-1]
    raise TransientError(f"Stripe's list {of.path} of one customer has more than {MOST_PAGES} pages without an answer.")


def _page(
    connection: StripeConnection, customer: str, of: _List, cursor: str | None, halted: Callable[[], bool]
) -> PaymentPage:
    endpoint = f"GET {of.path}"
    after = [] if cursor is None else [("starting_after", cursor)]

    def read(body: bytes) -> PaymentPage:
        page = payment_page(body, of.kind, customer)
        if len(page.ids) > of.limit or (page.has_more and not page.ids):
            raise UnusableError(f"a page of {of.kind}s with more rows than were asked for, or none before its end")
        return page

    params = [("customer", customer), ("limit", str(of.limit)), *after]
    answer = connection.get(endpoint, of.path, params, read, halted=halted)
    if isinstance(answer, StripeProblem):
        raise answer.error(endpoint)
    if answer.modes - {connection.account.livemode}:
        raise AccessError(
            f"Stripe sent {of.kind}s of another mode than the {connection.account.key_mode} key opens. Check which "
            "account and mode the key belongs to."
        )
    return answer
