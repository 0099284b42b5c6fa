"""The keys of one side of a rule: what of a customer, or of a record, is compared.

A key comes with its 64-bit hash, by which it is looked up for a third of the price of a string.
"""

from collections.abc import Iterator, Sequence

import polars as pl

from assets.keys import folded_expr, hashed_keys, is_blank
from assets.matching.comment_ids import Hash
from assets.matching.comparison import Comparison
from assets.matching.known_keys import NOTHING_KNOWN, KnownKeys
from assets.matching.match_rule import Side
from assets.no_values import BY_FORM, is_no_value, rows_without_value
from schemas.declaration.rules import columns_of
from schemas.repeated import at_rows
from schemas.rule_kinds import AS_IT_IS
from schemas.rule_kinds.domain import KIND as DOMAIN


def side_keys(
    rows: pl.LazyFrame, side: Side, who: pl.Expr, compare: Comparison, no_value: frozenset[str] | None = None
) -> pl.DataFrame:
    """Return the keys of one side: a column for `who`, `key`, `hash`; no row for who has nothing to compare.

    Args:
        rows: with the columns of the side.
        side: what is compared.
        who: `position` or `record`, under that name.
        compare: how keys are made and hashed.
        no_value: keys that are none, as placeholders are. It is enough to leave them out of one of the two sides.
    """
    if side.separators:
        values = _text_of(side.parts[0], side).str.replace_all(_any_of(side.separators), _SPLIT).str.split(_SPLIT)
        made = compare.key(rows.select(who, text=values).explode("text")).unique()
    else:
        texts = _texts_of(side, no_value)
        made = compare.key(rows.select(who, text=texts[0])) if len(texts) == 1 else rows.select(who, key=_joined(texts))
    keys = hashed_keys(made, compare.hash)
    return keys if no_value is None else _with_values(keys, no_value, compare.hash)


def _with_values(keys: pl.DataFrame, no_value: frozenset[str], hashed: Hash) -> pl.DataFrame:
    """Leave out keys that stand for no value."""
    none = rows_without_value(keys, no_value, hashed)
    return keys if none.is_empty() else keys.filter(~at_rows(none, keys.height))


_SPLIT = "\x1e"
_BETWEEN = "\x1f"


def _any_of(characters: str) -> str:
    return "[" + "".join(f"\\x{{{ord(character):x}}}" for character in characters) + "]"


def _texts_of(side: Side, no_value: frozenset[str] | None) -> list[pl.Expr]:
    """Return what is compared of each part, before keys are made of it."""
    texts = [_raw_text(part) for part in side.parts]
    if no_value is not None and (len(texts) > 1 or side.kind is not AS_IT_IS):  # the finished key would not show it
        words = no_value - {BY_FORM} if side.kind is DOMAIN else no_value  # of j***@acme.com the domain is whole
        texts = [pl.when(~is_no_value(folded_expr(text), words)).then(text) for text in texts]
    return [side.kind.read(text, side.country) for text in texts]


def _joined(texts: Sequence[pl.Expr]) -> pl.Expr:
    is_whole = ~pl.any_horizontal(is_blank(text) for text in texts)
    return pl.when(is_whole).then(pl.concat_str([folded_expr(text) for text in texts], separator=_BETWEEN))


def _text_of(part: str, side: Side) -> pl.Expr:
    """Return what is compared of one part, before its key is made."""
    return side.kind.read(_raw_text(part), side.country)


def _raw_text(part: str) -> pl.Expr:
    columns = [pl.col(column).cast(pl.String) for column in columns_of(part)]
    return columns[0] if len(columns) == 1 else pl.concat_str(columns, separator=" ", ignore_nulls=True)


def keyed_records(
    records: pl.LazyFrame,
    sides: Sequence[Side],
    compare: Comparison,
    no_value: frozenset[str],
    known: KnownKeys = NOTHING_KNOWN,
) -> Iterator[pl.DataFrame]:
    """Give `record`, `key`, `hash` for one rule after the other, each by its NetSuite side.

    The keys of a side that are not known are made once, and kept only while a later rule wants the same one.
    """
    kept: dict[Side, pl.DataFrame] = {}
    for at, side in enumerate(sides):
        if side not in kept:
            found = known.of_records(side)
            made = pl.col("internal_id").alias("record")
            kept[side] = side_keys(records, side, made, compare, no_value) if found is None else found
        yield kept[side]
        if side not in sides[at + 1 :]:
            del kept[side]
