"""Who is linked to whom, row by row in plain Python: the semantics of docs/matching.md as a person would apply them.

Written from the rules, not from `assets.matching`, and shares nothing with it but the key and the settings. Slow on
purpose: every answer is one look through all records.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from assets.keys import key
from assets.matching import MatchSettings, Rule
from tests.assets.matching.oracle_texts import has_token, listed, read_id, shown, trimmed, with_prefix

TRUE, FALSE = {"true", "yes", "y", "on", "1"}, {"false", "no", "n", "off", "0"}
OF_A_LEAD = "a lead or prospect: the link counts once NetSuite has it as a customer"


@dataclass(frozen=True)
class Customer:
    """A Stripe customer; `fields` holds e-mail, name and metadata under their column names."""

    id: str
    created: datetime
    fields: dict[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Record:
    """A row of the NetSuite saved search; `fields` holds its text columns."""

    internal_id: int
    is_customer: bool = True
    inactive: bool = False
    fields: dict[str, str | None] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        return str(self.internal_id) if name == "internal_id" else self.fields.get(name)


@dataclass(frozen=True)
class Verdict:
    """One row of the result."""

    stripe_customer_id: str
    outcome: str
    netsuite_internal_id: int | None = None
    evidence: str | None = None
    candidates: int = 0
    candidate_ids: str | None = None
    reason: str = ""


@dataclass(frozen=True)
class World:
    customers: Sequence[Customer]
    records: Sequence[Record]
    overrides: dict[str, int | None]
    settings: MatchSettings
    leads: frozenset[int] = frozenset()

    @property
    def rules(self) -> list[tuple[str, str]]:
        """The column of either side that each rule compares, as it is: the only rules that an oracle is asked about."""
        pairs = [(rule.stripe, rule.netsuite) for rule in self.settings.rules if isinstance(rule, Rule)]
        found = [(left, right) for left, right in pairs if isinstance(left, str) and isinstance(right, str)]
        assert [f"{left} = {right}" for left, right in found] == [str(rule) for rule in self.settings.rules]
        return found


def verdicts(world: World) -> list[Verdict]:
    """Return the verdict on every customer, sorted by id."""
    leads = frozenset(r.internal_id for r in world.records if not r.is_customer)
    world = replace(world, records=[r for r in world.records if r.is_customer], leads=leads)
    first = [_verdict(world, customer) for customer in sorted(world.customers, key=lambda c: c.id)]
    return [_after_claims(world, first, verdict) for verdict in first] if world.settings.one_to_one else first


def _verdict(world: World, customer: Customer) -> Verdict:
    for step in (_held, _overridden, _linked, _commented, _ruled):
        found = step(world, customer)
        if found:
            return found
    return _unmatched(world, customer)


def _held(world: World, customer: Customer) -> Verdict | None:
    if customer.id.startswith("gcus_"):
        reason = "id: a guest of Stripe (gcus_) is no customer object, so no link can be written"
        return Verdict(customer.id, "held", reason=reason)
    held = Verdict(customer.id, "held", evidence="metadata")
    if customer.id in world.overrides and world.overrides[customer.id] is None:
        return replace(held, evidence="override", reason="override: a person said never to link this customer")
    block = _value(world, customer.fields.get("metadata.netsuite_block_integration"))
    if block in TRUE:
        return replace(held, reason=f"metadata: netsuite_block_integration is {block}")
    if block and block not in FALSE:
        why = "is not understood; only false, no, n, off, 0 or nothing lets go"
        return replace(held, reason=f"metadata: netsuite_block_integration {why}")
    allowed = _value(world, customer.fields.get("metadata.netsuite_allow_integration")) in TRUE
    if world.settings.allow_list and not allowed:
        return replace(held, reason="metadata: the allow list is on, and netsuite_allow_integration is not true")
    return None


def _value(world: World, text: str | None) -> str | None:
    """Return the key of a cell that has a value: a placeholder, or a number that a spreadsheet has damaged, is none."""
    found = key(text)
    is_none = not found or found in world.settings.no_value or re.fullmatch(r"[+-]?\d+([.,]\d+)?e\+\d+", found)
    return None if is_none else found


def _key(world: World, text: str | None) -> str | None:
    """Return the key by which a rule may find somebody."""
    return found if (found := _value(world, text)) not in world.settings.nobody else None


def _overridden(world: World, customer: Customer) -> Verdict | None:
    chosen = world.overrides.get(customer.id)
    if chosen is None:
        return None
    if chosen in _ids(world.records):
        reason = "override: a person chose this record"
        return Verdict(customer.id, "matched", chosen, "override", 1, str(chosen), reason)
    why = OF_A_LEAD if chosen in world.leads else "and NetSuite has no such customer"
    reason = f"override: a person chose record {chosen}, {why}"
    return Verdict(customer.id, "broken", evidence="override", reason=reason)


def _why_nobody(world: World, named: str) -> str:
    if named in map(str, world.leads):
        return f"is {named}, {OF_A_LEAD}"
    if re.fullmatch("[1-9][0-9]{0,18}", named):
        return f"is {named}, and NetSuite has no such customer"
    if re.fullmatch(r"'?[0-9][0-9.,'\s]{0,30}(?:[eE][+-]?[0-9]+)?", named):
        form = "a number with separators, decimals, exponent, apostrophe or leading zeros"
        return f"is {named}, {form}: write the internal id alone"
    if "://" in named:
        return "is an address, and of no NetSuite customer: write the internal id alone, a whole number"
    return "is not the internal id of any NetSuite customer: a whole number without anything else"


def _linked(world: World, customer: Customer) -> Verdict | None:
    named = trimmed(customer.fields.get("metadata.netsuite_customer_id"))
    named = None if key(named) in world.settings.no_value else named
    if named and named not in map(str, _ids(world.records)):
        reason = f"metadata: netsuite_customer_id {_why_nobody(world, named)}"
        return Verdict(customer.id, "broken", evidence="metadata", reason=reason)
    sources = {"metadata": {int(named)} if named else set()}
    clear = {"metadata": bool(named)}
    for source in ("stripe_id", "external_id"):
        said = {r.internal_id: names(world, r.text(source), source, customer.id) for r in world.records}
        sources[source] = {internal_id for internal_id, how in said.items() if how}
        clear[source] = "clear" in said.values()
    speaking = [source for source, ids in sources.items() if ids]
    ids = sorted(set().union(*sources.values()))
    if not ids:
        return None
    if len(ids) == 1 and any(clear.values()):
        speaking = [source for source in speaking if clear[source]]
    who = ", ".join(speaking)
    if len(ids) == 1 and not any(clear.values()):
        reason = f"{speaking[0]}: record {ids[0]} may mean this customer, but its text is not one id as Stripe has it"
        return Verdict(customer.id, "conflict", None, speaking[0], 1, str(ids[0]), reason)
    if len(ids) == 1:
        return Verdict(customer.id, "linked", ids[0], speaking[0], 1, str(ids[0]), f"{who}: linked already")
    reason = f"{who}: {len(ids)} different records are named: {listed(ids, len(ids))}"
    return Verdict(customer.id, "conflict", None, speaking[0], len(ids), shown(ids), reason)


def names(world: World, text: str | None, source: str, id_: str) -> str:
    """Tell how a field names a customer: as `clear` as one id can be, `perhaps`, or not at all."""
    said, ids = trimmed(text), {c.id for c in world.customers}
    if source == "external_id" and not id_.startswith("cus_"):
        return ""
    is_like_one = "cus_" in (said or "").lower() or re.fullmatch(r"(?i)[\W_]*(cus[\W_]*)?[^\W_]{14}[\W_]*", said or "")
    if not said or (source == "external_id" and said not in ids and not is_like_one):
        return ""
    for one in (said, read_id(said)):
        if one in ids:
            return "clear" if one == id_ else ""
    if f"cus_{said}" in ids and len(said) >= 14:
        return "clear" if f"cus_{said}" == id_ else ""
    mended = re.sub(r"(?i)\bcus(?:[\s\-]+|_\s+)", "cus_", said) if source == "stripe_id" else ""
    tokens = re.findall("(?i)[0-9a-z]*cus_[0-9a-z]+", f"{said}\n{mended}")
    pieces = {token for token in tokens if token.lower().startswith("cus_")}
    if source == "stripe_id":
        words = re.split(r"[\s,;|/\"'`<>()\[\]{}]+", said)
        pieces |= {said, *words, *map(with_prefix, (word for word in words if len(word) >= 8))}
    whole = with_prefix("".join(said.split()))
    pieces |= {whole} if source == "stripe_id" or len(whole) >= len("cus_") + 8 else set()
    meant = [piece == id_ if piece in ids else piece.lower() == id_.lower() for piece in pieces]
    if any(meant):
        return "perhaps"
    cut = re.search("cus_[0-9A-Za-z]{6,}(?=[^0-9A-Za-z]*$)", said)
    begun = [other for other in ids if cut and len(cut[0]) < len(other) and other.startswith(cut[0])]
    any_other = any(piece.lower() == other.lower() for piece in pieces for other in ids)
    return "perhaps" if begun == [id_] and not any_other else ""


def _commented(world: World, customer: Customer) -> Verdict | None:
    is_telling = customer.id.startswith("cus_")
    found = [r.internal_id for r in world.records if is_telling and has_token(r.text("comments") or "", customer.id)]
    reason = "comments: hold the id of this customer"
    return _found(world, found, Verdict(customer.id, "linked", None, "comments", reason=reason))


def _ruled(world: World, customer: Customer) -> Verdict | None:
    records = [r for r in world.records if world.settings.match_inactive or not r.inactive]
    for stripe, netsuite in world.rules:
        wanted = _key(world, customer.id if stripe == "id" else customer.fields.get(stripe))
        found = [r.internal_id for r in records if wanted and key(r.text(netsuite)) == wanted]
        name = f"{stripe} = {netsuite}"
        verdict = _found(world, found, Verdict(customer.id, "matched", None, name, reason=f"{name}: equal"))
        if verdict:
            return verdict
    return None


def _found(world: World, found: list[int], draft: Verdict) -> Verdict | None:
    ids = sorted(found)
    if not ids:
        return None
    if len(ids) == 1:
        return replace(draft, netsuite_internal_id=ids[0], candidates=1, candidate_ids=str(ids[0]))
    if world.settings.on_several == "refuse":
        record = None
        why = f"{len(ids)} records share it: {listed(ids, len(ids))}; none is used"
    else:
        record = ids[0]
        others = "1 other record shares it" if len(ids) == 2 else f"{len(ids) - 1} other records share it"
        why = f"{others}: {listed(ids[1:50], len(ids) - 1)}; the lowest internal id is used"
    reason = f"{draft.reason}; {why}"
    return Verdict(draft.stripe_customer_id, "ambiguous", record, draft.evidence, len(ids), shown(ids), reason)


def _unmatched(world: World, customer: Customer) -> Verdict:
    rules = world.rules
    fields = dict.fromkeys(stripe for stripe, _ in rules)
    empty = [name for name in fields if not _key(world, customer.id if name == "id" else customer.fields.get(name))]
    if not rules:
        reason = "no link found, and no rules are declared"
    elif len(empty) == len(fields):
        reason = f"no link found, and all fields that the rules compare are empty: {', '.join(empty)}"
    else:
        reason = "no link found, and no record equals by " + ", ".join(
            f"{stripe} = {netsuite}" for stripe, netsuite in rules
        )
        reason += f"; empty: {', '.join(empty)}" if empty else ""
    return Verdict(customer.id, "unmatched", reason=reason)


def _after_claims(world: World, first: list[Verdict], verdict: Verdict) -> Verdict:
    record_id = verdict.netsuite_internal_id
    if record_id is None or verdict.evidence == "override":
        return verdict
    record = next(r for r in world.records if r.internal_id == record_id)
    holder = trimmed(record.text("stripe_id"))
    holder = (read_id(holder) or holder) if holder and key(holder) not in world.settings.no_value else None
    if holder:
        is_known = holder in {c.id for c in world.customers} or re.fullmatch("cus_[0-9A-Za-z]+", holder)
        why = f"{holder}, which its Stripe-id field names" if is_known else "what its Stripe-id field names"
        owner = holder
    else:
        created = {c.id: c.created.replace(second=0, microsecond=0) for c in world.customers}
        rivals = [v for v in first if v.netsuite_internal_id == record_id]
        best = min(
            rivals, key=lambda v: (v.evidence != "override", created[v.stripe_customer_id], v.stripe_customer_id)
        )
        owner = best.stripe_customer_id
        why = f"{owner}, " + ("which a person linked to it" if best.evidence == "override" else "which is older")
    if owner == verdict.stripe_customer_id:
        return verdict
    reason = f"{verdict.reason}; record {record_id} is claimed by {why}"
    return replace(verdict, outcome="conflict", netsuite_internal_id=None, reason=reason)


def _ids(records: Sequence[Record]) -> list[int]:
    return [r.internal_id for r in records]
