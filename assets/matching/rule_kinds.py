"""As what the values of a rule are compared, where a person chose something else than the whole text.

A kind makes another text of a value; the key of that text is then compared like any other, so that every kind is exact
in its own way. A value of which a kind can make nothing has no key and matches nothing.
"""

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

import phonenumbers
import polars as pl

from assets.matching.public_mail_hosts import PUBLIC_MAIL_HOSTS
from schemas.declaration.rules import RuleKind


@dataclass(frozen=True)
class Kind:
    """One way of reading a value.

    Attributes:
        read: the text that is compared, of a String column and the rule's country; null where there is none.
        side: whether both sides are read so, or only NetSuite's.
    """

    read: Callable[[pl.Expr, str | None], pl.Expr]
    side: Literal["both", "netsuite"] = "both"


def phone(column: pl.Expr, country: str | None) -> pl.Expr:
    """Return a phone number as E.164 writes it, with its extension, or null for what is no possible number.

    A number without a country code is one of `country`, and none if that is not said. Numbers are read once for each
    different value.
    """

    def read(values: pl.Series) -> pl.Series:
        distinct = values.unique()
        numbers = pl.Series("number", [_number(text, country) for text in distinct], pl.String)
        return values.replace_strict(distinct, numbers, default=None, return_dtype=pl.String)

    return column.map_batches(read, return_dtype=pl.String, is_elementwise=True)


def domain(column: pl.Expr, _: str | None) -> pl.Expr:
    """Return the host of an e-mail address or of a web page, without `www.`; null for hosts where anybody has mail."""
    text = column.str.strip_chars().str.to_lowercase()
    page = text.str.replace(r"^[a-z][a-z0-9+.\-]*://", "").str.extract(r"^(?:[^/?#@]*@)?([^/?#:]+)")
    host = page.str.replace(r"^www\.", "").str.strip_chars(" .")
    is_host = host.str.contains(r"^[^\s.@]+(?:\.[^\s.@]+)+$") & ~host.is_in(PUBLIC_MAIL_HOSTS)
    return pl.when(is_host).then(host)


def tax_id(column: pl.Expr, _: str | None) -> pl.Expr:
    """Return the letters and digits of a tax number: `DE 123.456.789` is `DE123456789`."""
    return column.str.replace_all(r"[^\p{L}\p{N}]", "")


def without_html(column: pl.Expr, _: str | None) -> pl.Expr:
    """Return the text of a value without tags, its entities (`&amp;`) as the characters that they stand for."""
    is_marked = column.str.contains(r"&[#\w]+;|<[^>]+>")
    plain = column.str.replace_all(r"<[^>]+>", " ").map_batches(_unescaped, return_dtype=pl.String, is_elementwise=True)
    return pl.when(is_marked).then(plain).otherwise(column)


def leaf(column: pl.Expr, _: str | None) -> pl.Expr:
    """Return what stands after the last ` : `: NetSuite writes a sub-customer as `Parent : Child`."""
    return column.str.replace(r"^[\s\S]*\s:\s", "")


def netsuite_name(column: pl.Expr, country: str | None) -> pl.Expr:
    """Return a name without its parents and without the number before it: `CUST103 Foo Ltd` is `Foo Ltd`."""
    return leaf(column, country).str.strip_chars().str.replace(r"^\p{L}{0,10}[-_]?[0-9]+[-_]?\s+(\S)", "$1")


KINDS: Final[Mapping[RuleKind, Kind]] = {
    "text": Kind(lambda column, _: column),
    "phone": Kind(phone),
    "domain": Kind(domain),
    "tax_id": Kind(tax_id),
    "html": Kind(without_html),
    "leaf": Kind(leaf, side="netsuite"),
    "netsuite_name": Kind(netsuite_name, side="netsuite"),
}
"""Every kind of comparison, by what a rule says under `as`. Another kind is one more entry here and in `RuleKind`."""


def _number(text: str | None, country: str | None) -> str | None:
    try:
        number = phonenumbers.parse(text or "", country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    extension = f";ext={number.extension}" if number.extension else ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) + extension


def _unescaped(values: pl.Series) -> pl.Series:
    return pl.Series(values.name, [None if text is None else html.unescape(text) for text in values], pl.String)
