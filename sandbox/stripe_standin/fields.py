"""What a customer may be created or updated with, and how it is merged: each parameter with its type and its limits.

Anything else is refused as unknown. Parameters that move money or payment methods (`source`, `cash_balance`, …) are not
served.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from sandbox.stripe_standin.wire import Form, Json, JsonObject, Refusal, refuse_empty, refuse_unknown

_LENGTHS: Final = {
    "email": 512,
    "name": 256,
    "phone": 20,
    "description": 5_000,
    "business_name": 150,
    "individual_name": 150,
}
_NOT_UNSET: Final = {"email", "name", "phone", "invoice_prefix", "balance", "next_invoice_sequence"}
_INTEGERS: Final = {"balance", "next_invoice_sequence"}
_ADDRESS: Final = ("city", "country", "line1", "line2", "postal_code", "state")
_SHIPPING: Final = ("address", "name", "phone")
_INVOICE_SETTINGS: Final = ("custom_fields", "default_payment_method", "footer", "rendering_options")
_TAX_EXEMPT: Final = {"none", "exempt", "reverse"}
_METADATA_KEYS, _METADATA_KEY, _METADATA_VALUE = 50, 40, 500
_KNOWN: Final = {
    *_LENGTHS,
    *_INTEGERS,
    "address",
    "expand",
    "invoice_prefix",
    "invoice_settings",
    "metadata",
    "preferred_locales",
    "shipping",
    "tax_exempt",
    "validate",
}


def changes_of(params: Mapping[str, Form], before: JsonObject, *, creates: bool) -> JsonObject:
    """Return the fields of a customer that its parameters set, merged with what stood there before."""
    refuse_unknown(params, _KNOWN | ({"test_clock"} if creates else set()))
    changes: JsonObject = {}
    for name, value in params.items():
        if name in {"expand", "validate"}:
            continue
        changes[name] = _field(name, value, before.get(name))
    return changes


def _field(name: str, value: Form, old: Json) -> Json:
    if name in _NESTED:
        return _NESTED[name](value, old)
    if value == "":
        return _unset(name)
    text = _text(value, name)
    if name in _INTEGERS:
        return integer(text, name)
    if name == "tax_exempt" and text not in _TAX_EXEMPT:
        raise Refusal(400, f"Invalid tax_exempt: must be one of {', '.join(sorted(_TAX_EXEMPT))}", param=name)
    if name == "invoice_prefix" and not re.fullmatch(r"[A-Z0-9]{1,12}", text):
        raise Refusal(400, "Invalid invoice prefix: 1-12 uppercase letters or numbers.", param=name)
    if len(text) > _LENGTHS.get(name, len(text)):
        raise Refusal(400, f"Invalid string: must be at most {_LENGTHS[name]} characters", param=name)
    return text


def _unset(name: str) -> Json:
    if name in _NOT_UNSET:
        refuse_empty(name)
    return "none" if name == "tax_exempt" else None


def integer(value: Form, param: str) -> int:
    """Return a number, or refuse what is none."""
    if not re.fullmatch(r"-?[0-9]{1,18}", str(value)):
        raise Refusal(400, f"Invalid integer: {value}", code="parameter_invalid_integer", param=param)
    return int(str(value))


def _text(value: Form, param: str) -> str:
    if not isinstance(value, str):
        raise Refusal(400, f"Invalid string: {value}", param=param)
    return value


def _object(value: Form, param: str) -> dict[str, Form]:
    if not isinstance(value, dict):
        raise Refusal(400, "Invalid object", param=param)
    return value


def _leaves(value: Form, old: Json, param: str, names: tuple[str, ...]) -> JsonObject:
    """Merge leaf by leaf; an empty one is unset."""
    given = _object(value, param)
    refuse_unknown({f"{param}[{name}]": inner for name, inner in given.items()}, {f"{param}[{name}]" for name in names})
    kept = {name: old.get(name) for name in names} if isinstance(old, dict) else dict.fromkeys(names)
    return {**kept, **{name: _plain(inner) or None for name, inner in given.items()}}


def _address(value: Form, old: Json, param: str = "address") -> Json:
    return None if value == "" else _leaves(value, old, param, _ADDRESS)


def _shipping(value: Form, old: Json) -> Json:
    if value == "":
        return None
    given = _object(value, "shipping")
    kept = old if isinstance(old, dict) else {}
    merged = _leaves({k: v for k, v in given.items() if k != "address"}, kept, "shipping", _SHIPPING)
    if "address" in given:
        merged["address"] = _address(given["address"], kept.get("address"), "shipping[address]")
    for needed in ("address", "name"):
        if not merged[needed]:
            param = f"shipping[{needed}]"
            raise Refusal(400, f"Missing required param: {param}.", code="parameter_missing", param=param)
    return merged


def _invoice_settings(value: Form, old: Json) -> Json:
    return _leaves(value, old, "invoice_settings", _INVOICE_SETTINGS)


def _locales(value: Form, _: Json) -> Json:
    if value == "":
        return []
    listed = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(listed, list):
        raise Refusal(400, "Invalid array", param="preferred_locales")
    return [_text(item, "preferred_locales") for item in listed]


def _metadata(value: Form, old: Json) -> JsonObject:
    """Merge: an empty value removes its key, an empty whole removes all."""
    if value == "":
        return {}
    wanted = _object(value, "metadata")
    for key, text in wanted.items():
        if not key or len(key) > _METADATA_KEY:
            raise Refusal(400, f"Metadata keys must be under {_METADATA_KEY} characters long.", param="metadata")
        if not isinstance(text, str):
            raise Refusal(400, "Metadata values must be strings.", param=f"metadata[{key}]")
        if len(text) > _METADATA_VALUE:
            raise Refusal(400, f"Metadata values must be under {_METADATA_VALUE} characters.", param=f"metadata[{key}]")
    merged: JsonObject = {**(old if isinstance(old, dict) else {}), **{key: str(text) for key, text in wanted.items()}}
    kept = {key: text for key, text in merged.items() if text != ""}
    if len(kept) > _METADATA_KEYS:
        raise Refusal(400, f"Metadata can have at most {_METADATA_KEYS} keys.", param="metadata")
    return kept


def _plain(value: Form) -> Json:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return list(value) if isinstance(value, list) else value


_NESTED: Final[Mapping[str, Callable[[Form, Json], Json]]] = {
    "address": _address,
    "invoice_settings": _invoice_settings,
    "metadata": _metadata,
    "preferred_locales": _locales,
    "shipping": _shipping,
}
"""Parameters that are more than a text, each with what reads it: the value given, and what stood there before."""
