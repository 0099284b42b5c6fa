"""What is planned for whom, row by row in plain Python: the rules W1 to W4 as a person would apply them.

Written from the rules, not from the product; it shares with it nothing but the words and the settings. Applying a plan
is here too, as the two systems would do it.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count

from assets.keys import WHITE_SPACE, key
from assets.planning.settings import PlanSettings
from schemas.plan import PLAN_COLUMNS
from tests.assets.matching.oracle import Customer, Record, Verdict, World, names, verdicts
from tests.assets.matching.oracle_texts import has_token

METADATA = "metadata.netsuite_customer_id"
LIMIT = 4_000

Row = dict[str, object]


@dataclass(frozen=True)
class Pair:
    """A customer and the record it belongs to."""

    age: int
    customer: Customer
    record: Record
    evidence: str


@dataclass
class Planned:
    """The rows of the plan, in order, and the ids that could not be put into their record's comments."""

    rows: list[Row]
    left_out: list[tuple[str, int]]


def planned(world: World, settings: PlanSettings) -> Planned:
    """Return the plan of a world."""
    pairs = _pairs(world)
    drafts: list[tuple[tuple[object, ...], Row]] = []
    appended, left_out = _appends(world, pairs, settings) if "comments" in settings.fields else ({}, [])
    claimed: set[int] = set()
    taken = {_without_case(record.text("external_id")) for record in world.records}
    asked = Counter(_without_case(customer) for customer in _asking_for_external_ids(world, pairs))
    taken |= {name for name, times in asked.items() if times > 1}
    for pair in pairs:
        rows = [appended[pair.age]] if pair.age in appended else []
        for field in ("external_id", "stripe_id"):
            is_telling = pair.customer.id.startswith("cus_")
            is_refused = field == "external_id" and (_without_case(pair.customer.id) in taken or not is_telling)
            is_free = _has_no_value(world, pair.record.text(field)) and pair.record.internal_id not in claimed
            if field in settings.fields and is_free and not is_refused:
                rows.append(_row(world, pair, "netsuite", field, "set", pair.customer.id))
        claimed.add(pair.record.internal_id)
        rows += _metadata(world, pair)
        drafts += [((row["system"], row["field"], pair.record.internal_id, pair.age), row) for row in rows]
    return Planned([row for _, row in sorted(drafts, key=lambda draft: draft[0])], left_out)


def _asking_for_external_ids(world: World, pairs: Iterable[Pair]) -> Iterator[str]:
    """The oldest customer of each record without an external id; NetSuite tells no two of them apart by case."""
    claimed: set[int] = set()
    for pair in pairs:
        is_free = _has_no_value(world, pair.record.text("external_id")) and pair.record.internal_id not in claimed
        if is_free and pair.customer.id.startswith("cus_"):
            yield pair.customer.id
        claimed.add(pair.record.internal_id)


def applied(world: World, plan: Iterable[Mapping[str, object]]) -> World:
    """Return the world after both systems have done what the plan says; each old value must still hold."""
    customers = {c.id: c for c in world.customers}
    records = {str(r.internal_id): r for r in world.records}
    before = {str(r.internal_id): r.text("comments") for r in world.records}
    for row in plan:
        record_id, field = str(row["record_id"]), str(row["field"])
        target = customers[record_id] if row["system"] == "stripe" else records[record_id]
        held = target.fields.get(field)
        assert row["old_value"] == (before[record_id] if row["action"] == "append" else held)
        value = _joined(held, str(row["new_value"])) if row["action"] == "append" else str(row["new_value"])
        changed = {**target.fields, field: value}
        if isinstance(target, Customer):
            customers[record_id] = replace(target, fields=changed)
        else:
            records[record_id] = replace(target, fields=changed)
    return replace(world, customers=list(customers.values()), records=list(records.values()))


def _pairs(world: World) -> list[Pair]:
    customers = {c.id: c for c in world.customers}
    records = {r.internal_id: r for r in world.records}
    linking = [v for v in verdicts(world) if v.outcome in {"linked", "matched", "ambiguous"} and v.netsuite_internal_id]

    def age(verdict: Verdict) -> tuple[object, str]:
        created = customers[verdict.stripe_customer_id].created
        return created.replace(second=0, microsecond=0), verdict.stripe_customer_id

    numbers = count()
    return [
        Pair(next(numbers), customers[v.stripe_customer_id], records[v.netsuite_internal_id or 0], v.evidence or "")
        for v in sorted(linking, key=age)
    ]


def _appends(world: World, pairs: list[Pair], settings: PlanSettings) -> tuple[dict[int, Row], list[tuple[str, int]]]:
    length: dict[int, int] = {}
    rows: dict[int, Row] = {}
    left_out = []
    seen: set[int] = set()
    for pair in pairs:
        comments, number = pair.record.text("comments") or "", pair.record.internal_id
        is_oldest = number not in seen
        seen.add(number)
        if not pair.customer.id.startswith("cus_"):
            field = pair.record.text("stripe_id")
            is_set = "stripe_id" in settings.fields and is_oldest and _has_no_value(world, field)
            if not is_set and not names(world, field, "stripe_id", pair.customer.id):
                left_out.append((pair.customer.id, number))
            continue
        if has_token(comments, pair.customer.id):
            continue
        now = length.get(number, len(comments))
        is_word = not any(c in WHITE_SPACE or unicodedata.category(c) == "Cc" for c in pair.customer.id)
        length[number] = now + (bool(now) + len(pair.customer.id)) * is_word
        if is_word and length[number] <= LIMIT:
            rows[pair.age] = _row(world, pair, "netsuite", "comments", "append", pair.customer.id)
        else:
            left_out.append((pair.customer.id, number))
    return rows, left_out


def _metadata(world: World, pair: Pair) -> list[Row]:
    held, wanted = pair.customer.fields.get(METADATA), str(pair.record.internal_id)
    is_replaced = pair.evidence == "override" and (held or "").strip(WHITE_SPACE) != wanted
    is_set = _has_no_value(world, held) or is_replaced
    return [_row(world, pair, "stripe", METADATA, "set", wanted)] if is_set else []


def _row(world: World, pair: Pair, system: str, field: str, action: str, new_value: str) -> Row:
    old = pair.customer.fields.get(field) if system == "stripe" else pair.record.text(field)
    record_id = pair.customer.id if system == "stripe" else str(pair.record.internal_id)
    change_id = f"{system}:{record_id}:{field}" + (f":{pair.customer.id}" if action == "append" else "")
    why_replaced = "which stands for nothing" if _has_no_value(world, old) else "which a person replaced"
    held = "is empty" if _is_empty(old) else f"held {(old or '').strip(WHITE_SPACE)}, {why_replaced}"
    why = "does not name this customer" if action == "append" else held
    reason = f"{why}; linked by {pair.evidence}"
    values = (change_id, system, record_id, field, action, old, new_value, reason)
    return dict(zip(PLAN_COLUMNS, (*values, pair.customer.id, pair.record.internal_id), strict=True))


def _is_empty(text: str | None) -> bool:
    return not (text or "").strip(WHITE_SPACE)


def _has_no_value(world: World, text: str | None) -> bool:
    """A field may be set when it is empty or holds a placeholder."""
    return _is_empty(text) or key(text) in world.settings.no_value


def _without_case(text: str | None) -> str:
    """As NetSuite compares external ids, which are unique."""
    return (text or "").strip(WHITE_SPACE).lower()


def _joined(old: str | None, more: str) -> str:
    return f"{old}\n{more}" if old else more
