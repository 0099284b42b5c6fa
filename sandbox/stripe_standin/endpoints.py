"""What each endpoint does with a book: customers (list to delete), events, charges, invoices, the portal."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from sandbox.stripe_standin import portal
from sandbox.stripe_standin.book import Book
from sandbox.stripe_standin.fields import changes_of
from sandbox.stripe_standin.lists import Lists
from sandbox.stripe_standin.options import StandInOptions
from sandbox.stripe_standin.wire import Answer, Form, JsonObject, Refusal, dump, refuse_unknown

_LISTS = r"customers|events|charges|invoices|subscriptions|payment_methods|billing_portal/\w+"


@dataclass(frozen=True)
class Call:
    """A request that may pass: the book it concerns, the id in its path, its parameters."""

    book: Book
    customer: str
    params: dict[str, Form]
    key: str | None
    other_mode: Book


@dataclass(frozen=True)
class Endpoint:
    """One method and path. All ids share the endpoint and its limits."""

    name: str
    permission: str
    run: Callable[[Call], Answer]


class Endpoints:
    """The endpoints that the stand-in has; any other path is refused as Stripe refuses it."""

    def __init__(self, options: StandInOptions) -> None:
        """Build the table of endpoints."""
        self._options = options
        self._lists = Lists(options)
        self._table: Mapping[tuple[str, str], Endpoint] = {
            ("GET", "customers"): Endpoint("GET /v1/customers", "customer_read", self._list),
            ("POST", "customers"): Endpoint("POST /v1/customers", "customer_write", self._create),
            ("GET", "customers/id"): Endpoint("GET /v1/customers/{id}", "customer_read", self._retrieve),
            ("POST", "customers/id"): Endpoint("POST /v1/customers/{id}", "customer_write", self._update),
            ("DELETE", "customers/id"): Endpoint("DELETE /v1/customers/{id}", "customer_write", self._delete),
            ("GET", "events"): Endpoint("GET /v1/events", "event_read", self._events),
            ("GET", "charges"): Endpoint("GET /v1/charges", "charge_read", partial(self._payments, "charge")),
            ("GET", "invoices"): Endpoint("GET /v1/invoices", "invoice_read", partial(self._payments, "invoice")),
            ("GET", "billing_portal/configurations"): Endpoint(
                "GET /v1/billing_portal/configurations", "customer_portal_read", self._configurations
            ),
            ("POST", "billing_portal/sessions"): Endpoint(
                "POST /v1/billing_portal/sessions", "customer_portal_write", self._open_session
            ),
            ("GET", "subscriptions"): Endpoint(
                "GET /v1/subscriptions", "subscription_read", partial(self._payments, "subscription")
            ),
            ("GET", "payment_methods"): Endpoint(
                "GET /v1/payment_methods", "payment_method_read", partial(self._payments, "payment_method")
            ),
            ("GET", "events/id"): Endpoint("GET /v1/events/{id}", "event_read", self._event),
        }

    def find(self, method: str, path: str) -> tuple[Endpoint, str]:
        """Return the endpoint of a request and the id in its path, which is empty for lists."""
        match = re.fullmatch(rf"/v1/({_LISTS})(?:/([^/]+))?", path)
        shape = f"{match[1]}/id" if match and match[2] else match[1] if match else ""
        endpoint = self._table.get((method, shape))
        if endpoint is None:
            raise Refusal(404, f"Unrecognized request URL ({method}: {path}).")
        return endpoint, (match[2] or "") if match else ""

    def _list(self, call: Call) -> Answer:
        return Answer(200, dump(self._lists.customers(call.book, call.params)))

    def _events(self, call: Call) -> Answer:
        return Answer(200, dump(self._lists.events(call.book, call.params)))

    def _payments(self, kind: str, call: Call) -> Answer:
        return Answer(200, dump(self._lists.payments(call.book, kind, call.params)))

    def _configurations(self, call: Call) -> Answer:
        return Answer(200, dump(portal.configurations(call.book, call.params)))

    def _open_session(self, call: Call) -> Answer:
        return Answer(200, dump(portal.open_session(call.book, call.params)), effects=1)

    def _event(self, call: Call) -> Answer:
        refuse_unknown(call.params, {"expand"})
        return Answer(200, dump(self._lists.event(call.book, call.customer)))

    def _retrieve(self, call: Call) -> Answer:
        refuse_unknown(call.params, {"expand"})
        return Answer(200, dump(_found(call)))

    def _create(self, call: Call) -> Answer:
        customer = call.book.create(changes_of(call.params, {}, creates=True), key=call.key)
        return Answer(200, dump(call.book.get(customer)), effects=1)

    def _update(self, call: Call) -> Answer:
        with call.book.lock:
            before = _found(call)
            changes = changes_of(call.params, before, creates=False)
            if before.get("deleted"):
                if self._options.deleted_update_succeeds:
                    return Answer(200, dump(before))
                raise _missing(call)
            after = call.book.put(call.customer, changes, key=call.key)
        return Answer(200, dump(after), effects=int(after != before))

    def _delete(self, call: Call) -> Answer:
        refuse_unknown(call.params, ())
        with call.book.lock:
            if _found(call).get("deleted"):
                raise _missing(call)
            call.book.delete(call.customer)
        return Answer(200, dump(call.book.get(call.customer)), effects=1)


def _found(call: Call) -> JsonObject:
    customer = call.book.get(call.customer)
    if customer is None:
        raise _missing(call)
    return customer


def _missing(call: Call) -> Refusal:
    message = f"No such customer: '{call.customer}'"
    if call.book.place(call.customer) is None and call.other_mode.place(call.customer) is not None:
        here, there = ("live", "test") if call.book.livemode else ("test", "live")
        message += f"; a similar object exists in {there} mode, but a {here} mode key was used to make this request."
    return Refusal(404, message, code="resource_missing", param="id")
