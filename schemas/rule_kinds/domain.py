"""The company behind an e-mail address or a web page."""

from typing import Final

import polars as pl

from schemas.rule_kinds.entry import Kind
from schemas.rule_kinds.public_mail_hosts import has_pages_of_anybody, is_everybodys

_NUMBERS: Final = r"^[0-9.]+$"


def _read(column: pl.Expr, _: str | None) -> pl.Expr:
    """Return the host of an e-mail address or of a web page, without `www.`; null where anybody has mail or a page.

    >>> texts = ["Ada@Acme.example", "https://www.acme.example/contact", "ada@gmail.com", "facebook.com/acme"]
    >>> pl.select(_read(pl.lit(pl.Series(texts)), None)).to_series().to_list()
    ['acme.example', 'acme.example', None, None]
    """
    text = column.str.strip_chars().str.to_lowercase()
    page = text.str.replace(r"^[a-z][a-z0-9+.\-]*://", "").str.extract(r"^(?:[^/?#@]*@)?([^/?#:]+)")
    host = page.str.replace(r"^www\.", "").str.strip_chars(" .")
    is_host = host.str.contains(r"^[^\s.@]+(?:\.[^\s.@]+)+$") & ~host.str.contains(_NUMBERS)
    is_part = has_pages_of_anybody(host) & text.str.contains(r"[^:/]/[^/]")
    return pl.when(is_host & ~is_everybodys(host) & ~is_part).then(host)


KIND: Final = Kind(name="domain", says="of an e-mail or a page, hosts of everybody aside", read=_read)
