"""The address book of a new record in plain Python, for the oracle."""

from assets.keys import WHITE_SPACE, key
from schemas.country_names import COUNTRY_NAMES
from schemas.state_names import STATE_NAMES
from tests.assets.mapping.customer import Customer


def address_book(one: Customer) -> None:
    shipping = _address(one, "shipping", "shipping.address.")
    billing = _address(one, "billing", "address.")
    place = [
        {k: v for k, v in (line or {}).items() if k[:5] != "addre" and k != "addrphone"} for line in (shipping, billing)
    ]
    own = all(
        one.said(f"shipping.{part}") is None or one.said(f"shipping.{part}") == one.said(part)
        for part in ("name", "phone")
    )
    if shipping is not None:
        is_common = billing is not None and own and place[0] == place[1]
        one.lines.append(shipping | {"defaultshipping": True} | ({"defaultbilling": True} if is_common else {}))
        billing = None if is_common else billing
    if billing is not None:
        one.lines.append(billing | {"defaultbilling": True})


def _address(one: Customer, side: str, prefix: str) -> dict[str, str] | None:
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
    line: dict[str, str | None] = {
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
