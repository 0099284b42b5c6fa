"""What a new record is, row by row and in the plainest Python: the columns must say the same."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from assets.keys import key
from assets.mapping.to_netsuite import CreateSettings
from schemas.customer_fields import OWN_SETTINGS, STANDARD_FIELDS
from tests.assets.mapping.address_oracle import address_book
from tests.assets.mapping.customer import SPACE, UNSEEN, Customer, Row

EMAIL = re.compile(r"[^@\s,;:<>()]+@[^@\s,;:<>()]+\.[^@\s,;:<>()]+")


def records(rows: Sequence[Row], existing: Iterable[str | None], settings: CreateSettings) -> list[dict[str, Any]]:
    """The rows that the columns must equal."""
    customers = [Customer(row, settings) for row in rows]
    for customer in customers:
        _name(customer)
    seen = {key(name) for name in existing} - {None}
    for customer in sorted(customers, key=lambda one: (one.created, one.id)):
        _number(customer, seen)
    for customer in customers:
        _body(customer)
        address_book(customer)
        _placeholders(customer)
    return [
        {
            "stripe_customer_id": one.id,
            "is_individual": one.fields["isperson"] == "T",
            "entity_id": one.entity_id,
            "record": json.dumps(_record(one), sort_keys=True, separators=(",", ":"), ensure_ascii=False),
            "notes": "; ".join(one.notes) or None,
        }
        for one in customers
    ]


def _name(one: Customer) -> None:
    who = one.settings.individual_when
    wanted = who is not None and (who.metadata is None or key(one.said(f"metadata.{who.metadata}")) == key(who.equals))
    whole = one.said("name") or one.said("description") or ""
    first, *rest = SPACE.split(whole, maxsplit=1)
    split_first, split_last = (first, rest[0]) if rest else (None, None)
    if rest and first.endswith(",") and len(first) > 1 and whole.count(",") == 1:  # `Doe, Jane`
        split_first, split_last = rest[0], first[:-1]
    first_name = one.picked("firstname", one.said("metadata.netsuite_first_name") or split_first)
    last_name = one.picked("lastname", one.said("metadata.netsuite_last_name") or split_last)
    is_individual = wanted and first_name is not None and last_name is not None
    if wanted and not is_individual:
        one.notes.append("made a company: NetSuite wants a first and a last name of an individual")
    sources = {"": one.said("name"), "description": one.said("description"), "e-mail": one.said("email")}
    source, standard = next(((s, v) for s, v in sources.items() if v is not None), ("Stripe id", one.id))
    company = one.picked("companyname", standard)
    is_mapped = one.mapped("companyname") is not None
    if not is_individual and source and not is_mapped and "companyname" not in one.settings.defaults:
        one.notes.append(f"named by its {source}")
    one.fields["isperson"] = "T" if is_individual else "F"
    if is_individual:
        one.fields |= {"firstname": first_name, "lastname": last_name, "companyname": one.picked("companyname", None)}
    else:
        one.fields["companyname"] = company
    full = f"{first_name} {last_name}" if is_individual else company
    standard_id = {"name": full or one.id, "stripe_id": one.id, "auto": None}[one.settings.entity_id]
    one.entity_id = one.picked("entityid", standard_id)


def _number(one: Customer, seen: set[str | None]) -> None:
    limit, wanted = one.settings.limit("entityid") or 0, one.entity_id
    if wanted is None:
        return
    short = wanted[:limit].strip()
    if key(short) not in seen:
        seen.add(key(short))
        one.entity_id = short
        if len(wanted) > limit:
            one.notes.append("entity id cut to fit")
        return
    suffix = f" ({one.id})"
    room = limit - len(suffix)
    one.entity_id = wanted[:room].strip() + suffix if room > 0 else one.id[:limit]
    one.notes.append("entity id has the Stripe id behind it: another customer has the name")
    if len(wanted) > max(room, 0):
        one.notes.append("entity id cut to fit")


def _body(one: Customer) -> None:
    settings, fields = one.settings, one.fields
    for name in ("companyname", "firstname", "lastname"):
        fields[name] = one.fit(one.text(name), name)
    fields["email"] = _email(one)
    fields["phone"] = one.phone(one.picked("phone", one.said("phone")), "phone", "phone")
    for name in sorted({target for target in settings.mapping.values() if target} - {*STANDARD_FIELDS}):
        fields[name] = one.fit(one.mapped(name), name)
    for name, value in settings.defaults.items():
        if name not in STANDARD_FIELDS and fields.get(name) is None:
            fields[name] = value
    for name, words in (("firstname", "first name"), ("lastname", "last name")):
        if fields["isperson"] == "F" and one.mapped(name) is not None:
            one.notes.append(f"{words} left out: a company has none")
    _links(one)


def _email(one: Customer) -> str | None:
    email = one.picked("email", one.said("email"))
    if email is not None and not EMAIL.fullmatch(email):
        one.notes.append("e-mail left out: it has not the form of an address")
        email = None
    email = one.fit(email, "email")
    is_suppressed = one.settings.defaults.get("email", "") is None
    if email is None and one.settings.email_fallback == "stripe_id" and not is_suppressed:
        one.notes.append("the Stripe id stands in for the e-mail")
        return one.id
    return email


def _links(one: Customer) -> None:
    settings, fields = one.settings, one.fields
    fields |= {"externalid": one.id, "entityid": one.entity_id}
    fields |= {field: getattr(settings, name) for field, name in OWN_SETTINGS.items() if field not in _NOT_IN_FIELDS}
    ids = {field.name: script_id for field, script_id in settings.links.items()}
    if "stripe_id" in ids:
        fields[ids["stripe_id"]] = one.id
    if "comments" in ids and one.id.startswith("cus_"):
        fields["comments"] = one.id
    elif "comments" in ids:
        one.notes.append("comments left out: the Stripe id is no word that begins with cus_")


_NOT_IN_FIELDS = {"currency", "isperson"}


def _placeholders(one: Customer) -> None:
    who = one.settings.individual_when
    unread = {"id", "created", "metadata.region", "metadata.kind"} - {f"metadata.{who.metadata if who else None}"}
    read = (set(one.row) - unread) | (one.settings.mapping.keys() - {"id"})
    used = sorted(p for p in read if one.settings.mapping.get(p, "") is not None)
    held = [p for p in used if (one.row[p] or "").strip(UNSEEN) and one.raw(p) is None]
    one.notes += [f"no value: {', '.join(held)}"] if held else []


def _record(one: Customer) -> dict[str, Any]:
    fields = {name: value for name, value in one.fields.items() if value is not None}
    record: dict[str, Any] = {"fields": fields, "currencies": "active"}
    if one.lines:
        record["addressbook"] = one.lines
    if one.settings.currency:
        record["currency"] = one.settings.currency
    return record
