"""Keeps the tables of docs/declaration.md equal to `schemas.declaration`: each key, its type, default, effect.

The prose of the page is written by hand and stays. A table stands between `<!-- keys of NAME -->` and `<!-- end -->`.
Fill them anew: `python -m docs.declaration`.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, BeforeValidator
from pydantic.fields import FieldInfo

from schemas.declaration import Declaration
from schemas.link_fields import fields_of

PAGE = Path(__file__).with_name("declaration.md")

EXAMPLES: Mapping[str, str] = {
    "name": "acme_uk",
    "owners": "[team:finance, ada@example.com]",
    "stripe": "{export: exports/stripe.csv}",
    "stripe.export": "exports/stripe.csv",
    "stripe.since": "2019-05",
    "stripe.encoding": "cp1252",
    "stripe.dates": "day_first",
    "stripe.labels": "{email: E-Mail, created: Erstellt (UTC)}",
    "stripe.api_key": '"{{ env.STRIPE_API_KEY }}"',
    "stripe.account": "acct_1EXAMPLE",
    "stripe.mode": "live",
    "stripe.refresh": "changed",
    "stripe.requests_per_second": "10",
    "stripe.max_in_flight": "1",
    "stripe.base_url": "http://127.0.0.1:8421",
    "stripe.proxy": "http://proxy.example:3128",
    "netsuite": "{export: exports/netsuite.csv}",
    "netsuite.export": "exports/netsuite.csv",
    "netsuite.encoding": "cp932",
    "netsuite.account": '"1234567_SB1"',
    "netsuite.mass_search": "customsearch_tieout",
    "netsuite.client_id": '"{{ env.NETSUITE_CLIENT_ID }}"',
    "netsuite.certificate_id": '"{{ env.NETSUITE_CERTIFICATE_ID }}"',
    "netsuite.private_key": '"{{ env.NETSUITE_PRIVATE_KEY }}"',
    "netsuite.consumer_key": '"{{ env.NETSUITE_CONSUMER_KEY }}"',
    "netsuite.consumer_secret": '"{{ env.NETSUITE_CONSUMER_SECRET }}"',
    "netsuite.token_id": '"{{ env.NETSUITE_TOKEN_ID }}"',
    "netsuite.token_secret": '"{{ env.NETSUITE_TOKEN_SECRET }}"',
    "netsuite.script": "customscript_tieout",
    "netsuite.deployment": "customdeploy_tieout",
    "netsuite.stripe_id_field": "custentity_stripe_id",
    "netsuite.portal_link_field": "custentity_paypack_portal",
    "netsuite.refresh": "changed",
    "netsuite.concurrency": "2",
    "netsuite.base_url": "http://127.0.0.1:8422",
    "netsuite.proxy": "http://proxy.example:3128",
    "netsuite_fields": "{internal_id: Internal ID, email: Email}",
    "rules": "[{stripe: email, netsuite: email}]",
    "rules[].stripe": "metadata.crm_id",
    "rules[].netsuite": "email",
    "rules[].as": "phone",
    "rules[].country": "US",
    "rules[].separators": '";,"',
    "on_several": "refuse",
    "on_doubt": "refuse",
    "shared_key": "10",
    "near_misses": "false",
    "links_visible": "false",
    "one_to_one": "true",
    "match_inactive": "true",
    "stage_words": "{customer: [Account]}",
    "stage_words.customer": "[Account, Debitor]",
    "stage_words.lead": "[Anfrage]",
    "stage_words.prospect": "[Angebot]",
    "yes_words": "[Inactive]",
    "no_words": "[Active]",
    "no_value": '["N/A", unknown]',
    "allow_list": "true",
    "on_none": "report",
    "create": "{when: at_once}",
    "global_customer": "4711",
    "create.when": "at_once",
    "create.subsidiary": "3",
    "create.entity_id": "stripe_id",
    "create.individual_when": "{metadata: customer_type, equals: individual}",
    "create.individual_when.always": "true",
    "create.individual_when.metadata": "customer_type",
    "create.individual_when.equals": "individual",
    "create.entity_status": "13",
    "create.custom_form": "7",
    "create.currency": "EUR",
    "create.currencies": "[US Dollar, Euro]",
    "create.country": "DE",
    "create.email_fallback": "none",
    "create.defaults": "{taxable: true}",
    "create.mapping": "{metadata.vat_id: vatregnumber}",
    "create.limits": "{companyname: 60}",
    "create.undo": "inactivate",
    "to_stripe": "{mass_search: customsearch_tieout_to_stripe}",
    "to_stripe.mass_search": "customsearch_tieout_to_stripe",
    "to_stripe.single_search": "customsearch_tieout_to_stripe",
    "to_stripe.export": "exports/netsuite_to_stripe.csv",
    "to_stripe.sync_field": "custentity_crm_id",
    "to_stripe.on_none": "create",
    "to_stripe.on_several": "first",
    "to_stripe.on_shared": "create",
    "to_stripe.updates": "[email, name, metadata.tier]",
    "to_stripe.clear_blanks": "[metadata.tier]",
    "to_stripe.subsidiaries": "[Acme UK Ltd]",
    "to_stripe.portal": "suitelet",
    "to_stripe.portal_email": "true",
    "to_stripe.portal_generation": "2",
    "to_stripe.portal_until": '"2027-12-31"',
    "to_stripe.requests_seconds": "120",
    "keep_inputs": "30",
    "keep": "{frames_days: 30}",
    "memory": "4GB",
    "keep.frames_days": "30",
    "keep.results_days": "30",
    "keep.plans_days": "730",
    "keep.history_days": "365",
    "writes": "{comments: false}",
    "writes.mode": "auto",
    **{f"writes.{field.name}": "false" for field in fields_of("netsuite")},
    "writes.import_comments_hours": "2",
    "brakes": "{most_writes: 2000}",
    "brakes.shrink": "0.05",
    "brakes.match_rate": "0.05",
    "brakes.most_writes": "2000",
    "brakes.most_relinks": "10",
    "brakes.most_creates": "25",
    "brakes.most_stripe_creates": "25",
    "brakes.oldest_hours": "12",
    "daily": "{time_zone: Europe/Berlin}",
    "daily.at": '"06:15"',
    "daily.time_zone": "Europe/Berlin",
    "daily.within_hours": "2",
    "notify": "{events: [failure, success]}",
    "notify.kind": "webhook",
    "notify.url": '"{{ env.TIEOUT_WEBHOOK }}"',
    "notify.events": "[failure, success, brakes]",
    "notify.every_minutes": "60",
    "notify.alive_url": '"{{ env.TIEOUT_ALIVE }}"',
}
"""One value for each key, as it is written in YAML."""

_TABLE = re.compile(r"(<!-- keys of (?P<model>\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_WORDS: Mapping[object, str] = {str: "text", bool: "true or false", int: "whole number", float: "number"}


class IncompletePageError(Exception):
    """The declaration has something that the page has no place or no example for."""


def filled(page: str) -> str:
    """The page with every table made anew.

    Raises:
        IncompletePageError: a model has no table on the page, or a key no example.
    """
    tables = {model.__name__: _table(model, prefix) for model, prefix in models(Declaration)}
    there = {found["model"] for found in _TABLE.finditer(page)}
    if there != tables.keys():
        missing, surplus = sorted(tables.keys() - there), sorted(there - tables.keys())
        raise IncompletePageError(
            f"docs/declaration.md has no table for {missing}, and has one too many for {surplus}."
        )
    return _TABLE.sub(lambda found: f"{found[1]}\n{tables[found['model']]}\n\n{found[3]}", page)


def models(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[type[BaseModel], str]]:
    """A model and all models in it, each with what stands before its keys: `stripe.`, `rules[].`."""
    yield model, prefix
    for name, field in model.model_fields.items():
        inner = _model_in(field.annotation)
        if inner is not None:
            yield from models(inner, f"{prefix}{name}{'[]' if get_origin(field.annotation) is list else ''}.")


def _table(model: type[BaseModel], prefix: str) -> str:
    rows = [_row(f"{prefix}{name}", field) for name, field in model.model_fields.items()]
    return "\n".join(["| key | type | default | effect | example |", "| --- | --- | --- | --- | --- |", *rows])


def _row(key: str, field: FieldInfo) -> str:
    if key not in EXAMPLES:
        raise IncompletePageError(f"{key} has no example in docs/declaration.py.")
    cells = (f"`{key}`", _kind_of(field), default(field), _effect(field), f"`{EXAMPLES[key]}`")
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _kind_of(field: FieldInfo) -> str:
    """The type of a key in words; a list that takes a single value as well says so."""
    takes_one = any(isinstance(each, BeforeValidator) for each in field.metadata)
    several = kind(field.annotation)
    return f"{several.removeprefix('list of ')}, or a list" if takes_one else several


def kind(annotation: object) -> str:
    """A type in words."""
    origin, args = get_origin(annotation), [arg for arg in get_args(annotation) if arg is not NoneType]
    if origin is Annotated:
        return kind(args[0])
    if origin is Literal:
        return " or ".join(f"`{word}`" for word in args)
    if origin is list:
        return f"list of {kind(args[0])}"
    if origin is dict:
        return f"{kind(args[0])} → {kind(args[1])}"
    if origin in (UnionType, Union):
        return " or ".join(map(kind, args))
    inner = _model_in(annotation)
    return f"[{inner.__name__}](#{inner.__name__.lower()})" if inner else _WORDS[annotation]


def default(field: FieldInfo) -> str:
    """A default as it would be written in YAML."""
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True, validated_data={})
    if isinstance(value, BaseModel):
        return "its defaults"
    if value == "":
        return '`""`'
    if isinstance(value, list):
        return f"`[{', '.join(map(str, value))}]`"
    if isinstance(value, str) and yaml.safe_load(value) != value:
        return f'`"{value}"`'
    words = {None: "not set", True: "`true`", False: "`false`"}
    return words[value] if value is None or isinstance(value, bool) else f"`{value}`"


def _effect(field: FieldInfo) -> str:
    inner = _model_in(field.annotation)
    said = field.description or (inner.__doc__ if inner else "") or ""
    first = said.strip().splitlines()[0].removesuffix(".")
    return first[:1].lower() + first[1:] if inner else first


def _model_in(annotation: object) -> type[BaseModel] | None:
    parts = [annotation, *get_args(annotation)]
    return next((part for part in parts if isinstance(part, type) and issubclass(part, BaseModel)), None)


def main() -> None:
    """Fill the tables in place."""
    PAGE.write_text(filled(PAGE.read_text("utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
