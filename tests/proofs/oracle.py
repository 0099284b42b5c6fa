"""What must stand in both systems after a plan, what does stand there, and what the stand-ins say was done.

It is plain Python that knows the rules, and nothing of the product's code.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sandbox.netsuite_standin import STRIPE_FIELD, World
from sandbox.netsuite_standin.world import Save
from sandbox.stripe_standin import Book
from schemas.change import Change
from schemas.words import LINK_KEY

METADATA = f"metadata.{LINK_KEY}"
FIELD_IDS = {"stripe_id": STRIPE_FIELD, "external_id": "externalid", "comments": "comments"}
State = dict[str, str | None]
"""Every link value of the world, by `system:record:field`."""


def expected_state(
    before: State, plan: Sequence[Change], poison: frozenset[str] = frozenset()
) -> tuple[State, Counter[str]]:
    """What must stand after a plan was applied to a world, and which effects that takes, each once."""
    state, effects, refused, done = dict(before), Counter[str](), set(), set()
    for change in plan:
        if change.system == "stripe" and change.pair in refused:
            continue
        place = f"{change.system}:{change.record_id}:{change.field}"
        now = state[place] or ""
        if place in poison:
            refused.add(change.pair)
            continue
        if change.action == "append":
            if change.new_value not in now.split():
                state[place] = f"{now}\n{change.new_value}" if now else change.new_value
                effects[f"{place}:{change.new_value}"] += 1
        elif now == (change.old_value or ""):
            state[place] = change.new_value
            effects[f"{place}:{change.new_value}"] += 1
        elif now != change.new_value:
            refused.add(change.pair)
        done.add(change.pair)
    return state, effects


def effects_of_undo(plan: Iterable[Change]) -> Counter[str]:
    """Which effects it takes to undo a plan of which everything was applied, each once."""

    def value(change: Change) -> str:
        return f"-{change.new_value}" if change.action == "append" else change.old_value or ""

    return Counter(f"{change.system}:{change.record_id}:{change.field}:{value(change)}" for change in plan)


def state(records: World, book: Book, customers: Iterable[str]) -> State:
    """What stands in both systems."""
    found: State = {}
    for number, record in records.customers.items():
        for name, field_id in FIELD_IDS.items():
            found[f"netsuite:{number}:{name}"] = str(record.values.get(field_id) or "") or None
    for customer in customers:
        body = book.get(customer)
        metadata = body["metadata"] if body else None
        found[f"stripe:{customer}:{METADATA}"] = metadata.get(LINK_KEY) if isinstance(metadata, dict) else None  # type: ignore[assignment]
    return found


def effects(saves: Iterable[Save], events: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """What the stand-ins say was changed by calls, and how often: by `system:record:field:value`."""
    counted: Counter[str] = Counter()
    for save in saves:
        for name, field_id in FIELD_IDS.items():
            before, after = save.before.get(field_id), save.after.get(field_id)
            if field_id not in save.after or (before or "") == (after or ""):
                continue
            words = [str(after or "")] if name != "comments" else _new_words(str(before or ""), str(after or ""))
            counted.update(f"netsuite:{save.customer}:{name}:{word}" for word in words)
    for event in events:
        customer = event["data"]["object"]
        counted[f"stripe:{customer['id']}:{METADATA}:{customer['metadata'].get(LINK_KEY) or ''}"] += 1
    return counted


def _new_words(before: str, after: str) -> list[str]:
    old, new = Counter(before.split()), Counter(after.split())
    return [*(new - old).elements(), *(f"-{word}" for word in (old - new).elements())]
