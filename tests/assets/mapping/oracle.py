"""What a new record is, row by row and in the plainest Python: the columns must say the same."""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from assets.keys import INVISIBLE, WHITE_SPACE, key
from assets.mapping.to_netsuite import CreateSettings
from schemas.country_names import COUNTRY_NAMES
from schemas.customer_fields import CUT, FIELD_WORDS, OWN_SETTINGS, SAFE_LENGTHS, STANDARD_FIELDS
from schemas.state_names import STATE_NAMES

Row = Mapping[str, Any]
UNSEEN = WHITE_SPACE + INVISIBLE
SPACE = re.compile(f"[{WHITE_SPACE}]+")
EMAIL = re.compile(r"[^@\s,;:<>()]+@[^@\s,;:<>()]+\.[^@\s,;:<>()]+")
DAMAGED = re.compile(r"[+-]?\d+(?:[.,]\d+)?e\+\d+")


class Customer:
    """One customer on its way: what it says, what becomes of it, and the notes so far."""

    def __init__(self, row: Row, settings: CreateSettings) -> None:
        self.row, self.settings, self.fields, self.lines = row, settings, {}, []
        self.notes: list[str] = []
        self.id: str = row["id"]
        self.created: datetime = row["created"].replace(second=0, microsecond=0)
        self.entity_id: str | None = None

    def raw(self, path: str) -> str | None:
        """The value at a path, none for blanks and placeholders."""
        if path == "id":
            return self.id
        text = (self.row.get(path) or "").strip(UNSEEN)
        words = self.settings.no_value - ({"na"} if path.endswith((".state", ".country")) else set())
        return text if text and key(text) not in words and not DAMAGED.fullmatch(key(text) or "") else None

    def said(self, path: str) -> str | None:
        """The value at a path for the standard mapping: one line, none where it is suppressed."""
        if self.settings.mapping.get(path, "") is None:
            return None
        return one_line(self.raw(path))

    def picked(self, field: str, standard: str | None) -> str | None:
        for path in self.settings.paths_to(field):
            if self.raw(path) is not None:
                return one_line(self.raw(path)) if field in STANDARD_FIELDS else self.raw(path)
        default = self.settings.defaults.get(field)
        return str(default) if default is not None else None if field in self.settings.defaults else standard

    def fit(self, value: str | None, field: str, words: str | None = None) -> str | None:
        limit = self.settings.limits.get(field, SAFE_LENGTHS.get(field))
        if value is None or limit is None or len(value) <= limit:
            return value
        words = words or FIELD_WORDS.get(field, field)
        if field in CUT:
            self.notes.append(f"{words} cut to {limit} characters")
            return value[:limit].strip(UNSEEN)
        self.notes.append(f"{words} left out: longer than {limit} characters")
        return None

    def phone(self, value: str | None, field: str, words: str) -> str | None:
        if value is not None and sum(unicodedata.category(c) == "Nd" for c in value) < 7:
            self.notes.append(f"{words} left out: it has fewer than 7 digits")
            return None
        return self.fit(value, field, words)


def one_line(text: str | None) -> str | None:
    if text is None:
        return None
    return "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text).strip(UNSEEN)


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
        _book(customer)
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
    first_name = one.picked("firstname", one.said("metadata.netsuite_first_name") or split_first)
    last_name = one.picked("lastname", one.said("metadata.netsuite_last_name") or split_last)
    is_individual = wanted and first_name is not None and last_name is not None
    if wanted and not is_individual:
        one.notes.append("made a company: NetSuite wants a first and a last name of an individual")
    sources = {"": one.said("name"), "description": one.said("description"), "e-mail": one.said("email")}
    source, standard = next(((s, v) for s, v in sources.items() if v is not None), ("Stripe id", one.id))
    company = one.picked("companyname", standard)
    mapped = any(one.raw(path) is not None for path in one.settings.paths_to("companyname"))
    if not is_individual and source and not mapped and "companyname" not in one.settings.defaults:
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
        fields[name] = one.fit(fields.get(name), name)
    fields["email"] = _email(one)
    fields["phone"] = one.phone(one.picked("phone", one.said("phone")), "phone", "phone")
    for name in sorted({target for target in settings.mapping.values() if target} - {*STANDARD_FIELDS}):
        value = next((v for v in map(one.raw, settings.paths_to(name)) if v is not None), None)
        fields[name] = one.fit(value, name)
    for name, value in settings.defaults.items():
        if name not in STANDARD_FIELDS and fields.get(name) is None:
            fields[name] = value
    for name, words in (("firstname", "first name"), ("lastname", "last name")):
        if fields["isperson"] == "F" and any(one.raw(path) is not None for path in settings.paths_to(name)):
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
    if settings.stripe_id_field:
        fields[settings.stripe_id_field] = one.id
    if settings.comments and one.id.startswith("cus_"):
        fields["comments"] = one.id
    elif settings.comments:
        one.notes.append("comments left out: the Stripe id is no word that begins with cus_")


_NOT_IN_FIELDS = {"currency", "isperson"}


def _book(one: Customer) -> None:
    shipping = _address(one, "shipping", "shipping.address.")
    billing = _address(one, "billing", "address.")
    place = [
        {k: v for k, v in (line or {}).items() if k[:5] != "addre" and k != "addrphone"} for line in (shipping, billing)
    ]
    own = all(
        one.said(f"shipping.{part}") is None or key(one.said(f"shipping.{part}")) == key(one.said(part))
        for part in ("name", "phone")
    )
    if shipping is not None:
        is_common = billing is not None and own and place[0] == place[1]
        one.lines.append(shipping | {"defaultshipping": True} | ({"defaultbilling": True} if is_common else {}))
        billing = None if is_common else billing
    if billing is not None:
        one.lines.append(billing | {"defaultbilling": True})


def _address(one: Customer, side: str, prefix: str) -> dict[str, Any] | None:
    parts = {p: one.said(prefix + p) for p in ("line1", "line2", "city", "state", "postal_code", "country")}
    if all(value is None for value in parts.values()):
        if side == "shipping":
            lost = [part for part in ("name", "phone") if one.said(f"shipping.{part}") is not None]
            one.notes += [f"shipping {part} left out: there is no shipping address" for part in lost]
        return None
    country, why = _country(one, side, parts["country"])
    state = parts["state"]
    for code, name in STATE_NAMES.get(country or "", {}).items():
        if state is not None and key(state) in {key(code), key(name), key("Quebec" if code == "QC" else name)}:
            state = code
            break
    limit = one.settings.limit("addr1") or 0
    line1, line2 = parts["line1"], parts["line2"]
    if line1 is not None and line2 is None and len(line1) > limit:
        breaks = [at for at in range(1, limit + 1) if line1[at] in WHITE_SPACE]
        at = breaks[-1] if breaks else limit
        line1, line2 = line1[:at].rstrip() if breaks else line1[:at], line1[at:].strip()
    line: dict[str, Any] = {
        "addr1": one.fit(line1, "addr1", f"{side} line 1"),
        "addr2": one.fit(line2, "addr2", f"{side} line 2"),
        "city": one.fit(parts["city"], "city", f"{side} city"),
        "state": one.fit(state, "state", f"{side} state"),
        "zip": one.fit(parts["postal_code"], "zip", f"{side} zip"),
        "country": country,
    }
    if side == "shipping":
        line["addressee"] = one.fit(one.said("shipping.name"), "addressee", "shipping addressee")
        line["addrphone"] = one.phone(one.said("shipping.phone"), "addrphone", "shipping phone")
    one.notes += [why] if why else []
    return {name: value for name, value in line.items() if value is not None}


def _country(one: Customer, side: str, said: str | None) -> tuple[str | None, str]:
    default = one.settings.country
    if said is None:
        stands_in = default or "the account's country"
        return default, f"{side} country is {stands_in}: Stripe has none"
    codes = {code for code, names in COUNTRY_NAMES.items() if key(said) in {key(n) for n in (code, *names)}}
    if len(codes) == 1:
        return codes.pop(), ""
    why = "its name means several countries" if codes else "it is no ISO code or name"
    return "", f"{side} country left empty: {why}"


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
