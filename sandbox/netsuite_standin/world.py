"""One NetSuite account's customers as they are: what everybody sees, and what somebody else does to them meanwhile.

The records, their versions and every save are here; the rules of a save are in `records`, saved searches in
`searches`. Reads and writes take the lock, so a test may change the world from another thread while a script runs.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sandbox.netsuite_standin.account import Account
from sandbox.netsuite_standin.errors import ScriptError
from sandbox.netsuite_standin.portal_setup import PortalSetup

Value = str | bool | None
STRIPE_FIELD = "custentity_tieout_stripe_id"
SYNC_REQUEST = "custentity_tieout_sync_request"
SYNC_ANSWER = "custentity_tieout_sync_answer"
PORTAL_LINK = "custentity_tieout_portal_link"
SHIPPED_FIELDS = {STRIPE_FIELD: "text", SYNC_REQUEST: "checkbox", SYNC_ANSWER: "textarea", PORTAL_LINK: "url"}
"""The custom fields of the suitescript folder, and what each holds."""


@dataclass
class Customer:
    """One customer record: its values by field id, and what NetSuite keeps about it."""

    id: int
    values: dict[str, Value]
    modified: datetime
    version: int = 0
    contacts: tuple[str, ...] = ()
    addresses: list[dict[str, Value]] = field(default_factory=list)
    currencies: list[str] = field(default_factory=list)
    created: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.created = self.modified


@dataclass(frozen=True)
class Save:
    """One save that a script made: only the values that it changed, before and after. A new record had none."""

    customer: int
    before: Mapping[str, Value]
    after: Mapping[str, Value]


@dataclass
class _Interference:
    operation: str
    act: Callable[[], None]
    skip: int


@dataclass
class World:
    """The customers of an account. `others` are the external ids that contacts, vendors and the like already have."""

    others: set[str] = field(default_factory=set)
    account: Account = field(default_factory=Account)
    portal: PortalSetup = field(default_factory=PortalSetup)
    custom_fields: set[str] = field(default_factory=lambda: set(SHIPPED_FIELDS))
    custom_kinds: dict[str, str] = field(default_factory=lambda: dict(SHIPPED_FIELDS))
    """What a custom field holds, if not plain text."""
    custom_lists: dict[str, dict[str, str]] = field(default_factory=dict)
    """The values of custom lists: field → name → internal id."""
    mandatory: set[str] = field(default_factory=set)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    merge_keeps_external_id: bool = False
    refusals: dict[tuple[int, str | None], tuple[str, str]] = field(default_factory=dict)
    """What scripts and workflows of the account refuse: (internal id, field or None for any) → code and message."""
    transactions: set[int] = field(default_factory=set)
    """The customers that something depends on, so that they cannot be deleted."""
    fails_after_creation: tuple[str, str] | None = None
    """The code and message of a script of the account that fails when a customer has just been saved for the first
    time: the script that saved it sees an error, and the record is there."""

    def __post_init__(self) -> None:
        self.lock = threading.RLock()
        self.customers: dict[int, Customer] = {}
        self.saves: list[Save] = []
        self.deleted: list[int] = []
        self._last_number = 0
        self._external_ids: Counter[str] = Counter()
        self._interferences: list[_Interference] = []

    def insert(self, internal_id: int | None = None, *, contacts: Iterable[str] = (), **values: Value) -> int:
        """Add a customer (stage `CUSTOMER` unless said otherwise) and return its internal id."""
        with self.lock:
            number = internal_id if internal_id is not None else self.next_number()
            self.insert_values(number, values, contacts)
            return number

    def insert_values(self, internal_id: int, values: Mapping[str, Value], contacts: Iterable[str] = ()) -> None:
        """Add a customer under an internal id that is free."""
        with self.lock:
            if internal_id in self.customers:
                raise ScriptError("UNIQUE_RCRD_ID_REQD", f"There is a customer {internal_id} already.")
            filled: dict[str, Value] = {
                "stage": "CUSTOMER",
                "isinactive": False,
                "entityid": f"C{internal_id}",
                **values,
            }
            self.customers[internal_id] = Customer(internal_id, {}, self.now(), contacts=tuple(contacts))
            self._set(self.customers[internal_id], filled)

    def add(
        self, values: Mapping[str, Value], addresses: Sequence[Mapping[str, Value]], currencies: Sequence[str]
    ) -> int:
        """Write a new customer that passed all rules, and remember it as a save; return its internal id."""
        with self.lock:
            number = self.next_number()
            lines = [dict(line) for line in addresses]
            customer = Customer(number, {}, self.now(), addresses=lines, currencies=list(currencies))
            self.customers[number] = customer
            self.commit(customer, values)
            return number

    def next_number(self) -> int:
        """The next internal id that is free; one that was given is never given again."""
        self._last_number = max(self._last_number, *self.customers, 0) + 1
        return self._last_number

    def edit(self, internal_id: int, **values: Value) -> None:
        """Somebody else changes a customer."""
        with self.lock:
            customer = self.customers[internal_id]
            self._set(customer, values)
            self._touch(customer)

    def delete(self, internal_id: int) -> None:
        """Somebody else deletes a customer."""
        with self.lock:
            self._set(self.customers.pop(internal_id), {"externalid": None})

    def merge(self, source: int, target: int) -> None:
        """Merge one customer into another: the source vanishes, blank values of the target are filled from it.

        O:section_1509542900. Whether the external id moves along is not documented: `merge_keeps_external_id`.
        """
        with self.lock:
            gone, kept = self.customers.pop(source), self.customers[target]
            kept_apart = {"entityid"} if self.merge_keeps_external_id else {"entityid", "externalid"}
            values = {n: v for n, v in gone.values.items() if n not in kept_apart and kept.values.get(n) in (None, "")}
            self._set(gone, {"externalid": None})
            self._set(kept, values)
            self._touch(kept)

    def lock_by_workflow(self, internal_id: int) -> None:
        """Make every later save of this customer fail, as a workflow does that locks records."""
        self.refuse(internal_id, None, "RCRD_LOCKED_BY_WF", "This record has been locked by a user defined workflow.")

    def refuse(self, internal_id: int, name: str | None, code: str = "USER_ERROR", message: str = "Not this.") -> None:
        """Let a script of the account refuse every save of a customer that changes a field, or any at all."""
        self.refusals[internal_id, name] = (code, message)

    def value(self, internal_id: int, name: str) -> Value:
        """Read one value of one customer."""
        with self.lock:
            return self.customers[internal_id].values.get(name)

    def interfere(self, operation: str, act: Callable[[], None], *, skip: int = 0) -> None:
        """Let `act` happen once, just before a script does `operation` (such as `record.save`) again."""
        self._interferences.append(_Interference(operation, act, skip))

    def about_to(self, operation: str) -> None:
        """Give the ordered interferences their moment. Called by the modules that scripts use."""
        with self.lock:
            concerned = [i for i in self._interferences if i.operation == operation]
            due = [i for i in concerned if not i.skip]
            self._interferences = [i for i in self._interferences if i not in due]
            for interference in concerned:
                interference.skip -= 1
        for interference in due:
            interference.act()

    def commit(self, customer: Customer, changed: Mapping[str, Value]) -> None:
        """Write the values of a save that passed all rules, and remember it."""
        before = {name: customer.values.get(name) for name in changed}
        self._set(customer, changed)
        self._touch(customer)
        self.saves.append(Save(customer.id, before, dict(changed)))

    def has_external_id(self, external_id: str, besides: Customer) -> bool:
        """Say whether another entity has this external id, in whatever case (O:section_N3433806)."""
        wanted = external_id.lower()
        own = str(besides.values.get("externalid") or "").lower() == wanted
        return self._external_ids[wanted] > own or wanted in {other.lower() for other in self.others}

    def _set(self, customer: Customer, values: Mapping[str, Value]) -> None:
        if "externalid" in values:
            self._external_ids[str(customer.values.get("externalid") or "").lower()] -= 1
            self._external_ids[str(values["externalid"] or "").lower()] += 1
        customer.values.update(values)

    def _touch(self, customer: Customer) -> None:
        customer.version += 1
        customer.modified = self.now()
