"""Who is held back: guests, and by flags in metadata (C2). What is not understood never lets anybody in.

A flag is a word that a person or a program wrote; only words that leave no doubt are understood, and these do not
depend on a language.
"""

from collections.abc import Iterator
from typing import Final

import polars as pl

from assets.keys import key
from assets.matching.findings import Findings, say_alike
from assets.matching.settings import MatchSettings
from schemas.words import ALLOW_KEY, BLOCK_KEY, GUEST_PREFIX

_TRUE: Final = frozenset({"true", "yes", "y", "on", "1"})
_FALSE: Final = frozenset({"false", "no", "n", "off", "0"})
_FLAGS: Final = (f"metadata.{BLOCK_KEY}", f"metadata.{ALLOW_KEY}")


def hold_guests(customers: pl.LazyFrame) -> Iterator[Findings]:
    """Hold the guests of Stripe, for whom it has no object that a link could be written to."""
    rows = customers.filter(pl.col("id").str.starts_with(GUEST_PREFIX))
    reason = f"id: a guest of Stripe ({GUEST_PREFIX}) is no customer object, so no link can be written"
    yield say_alike(rows.select("position").collect(engine="streaming"), "held", None, reason)


def hold_back(customers: pl.LazyFrame, flags: pl.DataFrame, settings: MatchSettings) -> Iterator[Findings]:
    """Say which customers their metadata holds back, and by which word if that is one of those understood.

    Args:
        customers: `position`.
        flags: what `flags_of` gives of these customers.
        settings: what the declaration says.
    """
    blocks = _words(flags, BLOCK_KEY, settings).filter(~pl.col("word").is_in(_FALSE))
    for (word,), rows in blocks.partition_by("word", as_dict=True).items():
        said = f"is {word}" if word in _TRUE else "is not understood; only false, no, n, off, 0 or nothing lets go"
        yield say_alike(rows.select("position"), "held", "metadata", f"metadata: {BLOCK_KEY} {said}")
    if settings.allow_list:
        allowed = _words(flags, ALLOW_KEY, settings).filter(pl.col("word").is_in(_TRUE))
        rest = pl.concat([blocks, allowed]).lazy()
        out = customers.join(rest, on="position", how="anti").select("position").collect(engine="streaming")
        reason = f"metadata: the allow list is on, and {ALLOW_KEY} is not true"
        yield say_alike(out, "held", "metadata", reason)


def flags_of(customers: pl.LazyFrame) -> pl.DataFrame:
    """Return `position` and the flags of the customers that have one."""
    flags = customers.select("position", *_FLAGS).filter(pl.any_horizontal(pl.col(*_FLAGS).is_not_null()))
    return flags.collect(engine="streaming")


def _words(customers: pl.DataFrame, metadata_key: str, settings: MatchSettings) -> pl.DataFrame:
    """Return `position` and `word` of the customers whose flag has a value; any word that is unknown is empty."""
    flags = customers.select("position", flag=f"metadata.{metadata_key}").drop_nulls()
    keys = {flag: key(flag) for flag in flags.get_column("flag").unique()}
    known = {
        flag: found if found in _TRUE | _FALSE else ""
        for flag, found in keys.items()
        if found is not None and found not in settings.no_value
    }
    words = pl.col("flag").replace_strict(known, default=None, return_dtype=pl.String)
    return flags.select("position", word=words).drop_nulls()
