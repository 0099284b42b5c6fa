"""The company behind an e-mail address or a web page."""

from typing import Final

import polars as pl

from schemas.rule_kinds.entry import Kind
from schemas.rule_kinds.public_mail_hosts import PUBLIC_MAIL_HOSTS


def _read(column: pl.Expr, _: str | None) -> pl.Expr:
    """Return the host of an e-mail address or of a web page, without `www.`; null for hosts where anybody has mail.

    >>> texts = pl.Series(["Ada@Acme.example", "https://www.acme.example/contact", "ada@gmail.com"])
    >>> pl.select(_read(pl.lit(texts), None)).to_series().to_list()
    ['acme.example', 'acme.example', None]
    """
    text = column.str.strip_chars().str.to_lowercase()
    page = text.str.replace(r"^[a-z][a-z0-9+.\-]*://", "").str.extract(r"^(?:[^/?#@]*@)?([^/?#:]+)")
    host = page.str.replace(r"^www\.", "").str.strip_chars(" .")
    is_host = host.str.contains(r"^[^\s.@]+(?:\.[^\s.@]+)+$") & ~host.is_in(PUBLIC_MAIL_HOSTS)
    return pl.when(is_host).then(host)


KIND: Final = Kind(name="domain", says="of an e-mail or a page, public mail hosts aside", read=_read)
