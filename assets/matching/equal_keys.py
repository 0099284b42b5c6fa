"""One rule over all customers that are still open: whose key equals the key of which records.

Keys are compared by a 64-bit hash first, which is a third of the price of comparing strings, and then as strings, so
the answer is exact whatever the hash does. Records are grouped before they are joined: a value that half of all rows
share costs no more than one that nobody shares.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from assets.keys import folded_expr, is_blank
from assets.matching.comment_ids import Hash
from assets.matching.comparison import Comparison
from assets.matching.findings import grouped
from assets.matching.rule_kinds import KINDS
from assets.matching.settings import Rule, Side
from assets.no_values import is_no_value
from schemas.declaration.rules import columns_of

Key = Callable[[pl.Expr], pl.Expr]
"""Makes the key of a text, empty or null where it has none: `assets.keys.folded_expr`."""


@dataclass(frozen=True)
class Found:
    """Who found what.

    Args:
        single: `position`, `record` of customers that found one record.
        shared: `position`, `group` of customers that found several, the group as a row number of `groups`.
        groups: `candidates`, `lowest`, `shown`.
    """

    single: pl.DataFrame
    shared: pl.DataFrame
    groups: pl.DataFrame


def equal_keys(left: pl.DataFrame, right: pl.DataFrame) -> Found:
    """Return what each customer finds.

    Args:
        left: `position`, `key`, `hash` of customers, as `hashed_keys` returns them.
        right: `record`, `key`, `hash` of records.
    """
    if 2 * left.height < right.height:
        right = right.lazy().join(left.lazy().select("hash"), on="hash", how="semi").collect(engine="streaming")
    heads = _heads(right)
    hits = left.lazy().join(heads.lazy(), on="hash").collect(engine="streaming")
    alone, crowded = hits.filter(pl.col("at").is_not_null()), hits.filter(pl.col("at").is_null())
    single = _verified(alone, right)
    crowd = right.lazy().join(crowded.lazy().select("hash"), on="hash", how="semi")
    groups = grouped(crowd, "key").collect(engine="streaming").with_row_index("group")
    members = crowded.lazy().select("position", "key").join(groups.lazy().drop("shown"), on="key")
    return _found(single, members.collect(engine="streaming"), groups)


def found_records(left: pl.DataFrame, right: pl.DataFrame, rule: Rule) -> Found:
    """Return what each customer finds by a rule, of the keys of its two sides (`side_keys`)."""
    return found_by_any(left, right) if rule.separators else equal_keys(left, right)


def found_by_any(left: pl.DataFrame, right: pl.DataFrame) -> Found:
    """Return what customers find of whom several values are compared: every record that one of them equals.

    Args:
        left: as for `equal_keys`, but several rows of a customer, each with another key.
        right: likewise of records.
    """
    found = equal_keys(left, right)
    hits = pl.concat([found.single.select("position"), found.shared.select("position")])
    crowded = hits.filter(pl.col("position").is_duplicated()).unique()
    if crowded.is_empty():
        return found
    theirs = left.lazy().join(crowded.lazy(), on="position", how="semi")
    pairs = theirs.join(right.lazy(), on="key").select("position", "record").unique()
    groups = grouped(pairs, "position").collect(engine="streaming")
    is_one = pl.col("candidates") == 1
    offset = found.groups.height
    several = groups.filter(~is_one).with_row_index("group", offset=offset)
    others = [frame.join(crowded, on="position", how="anti") for frame in (found.single, found.shared)]
    return Found(
        pl.concat([others[0], groups.filter(is_one).select("position", record="lowest")]),
        pl.concat([others[1], several.select("position", pl.col("group").cast(others[1].schema["group"]))]),
        pl.concat([found.groups, several.select(found.groups.columns)]),
    )


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
        texts = rows.select(who, text=values).explode("text")
        made = texts.select(pl.exclude("text"), key=compare.key(pl.col("text"))).unique()
    else:
        made = rows.select(who, key=_key_of(side, compare.key, no_value))
    keys = hashed_keys(made, compare.hash)
    return keys if no_value is None else _with_values(keys, no_value, compare.hash)


def _with_values(keys: pl.DataFrame, no_value: frozenset[str], hashed: Hash) -> pl.DataFrame:
    """Leave out keys that stand for no value. Hashes tell which few to look at: text would cost a fifth of the keys."""
    words = pl.Series(sorted(no_value), dtype=pl.String).to_frame("word")
    hashes = words.select(hashed(pl.col("word"))).to_series()
    key = keys.get_column("key")
    is_number = key < ":"  # or a sign, and few else
    numbers = is_number.arg_true().filter(key.filter(is_number).str.contains("e+", literal=True))
    at = pl.concat([keys.get_column("hash").is_in(hashes.implode()).arg_true(), numbers])
    none = at.filter(pl.select(is_no_value(pl.lit(key.gather(at)), no_value)).to_series())
    if none.is_empty():
        return keys
    is_kept = pl.repeat(value=True, n=keys.height, dtype=pl.Boolean, eager=True).scatter(none, False)
    return keys.filter(is_kept)


_SPLIT = "\x1e"
_BETWEEN = "\x1f"


def _any_of(characters: str) -> str:
    return "[" + "".join(f"\\x{{{ord(character):x}}}" for character in characters) + "]"


def _key_of(side: Side, key: Key, no_value: frozenset[str] | None) -> pl.Expr:
    texts = [_raw_text(part) for part in side.parts]
    if no_value is not None and (len(texts) > 1 or side.kind != "text"):  # the finished key would not show it
        texts = [pl.when(~is_no_value(folded_expr(text), no_value)).then(text) for text in texts]
    texts = [KINDS[side.kind].read(text, side.country) for text in texts]
    if len(texts) == 1:
        return key(texts[0])
    is_whole = ~pl.any_horizontal(is_blank(text) for text in texts)
    return pl.when(is_whole).then(pl.concat_str([key(text) for text in texts], separator=_BETWEEN))


def _text_of(part: str, side: Side) -> pl.Expr:
    """Return what is compared of one part, before its key is made."""
    return KINDS[side.kind].read(_raw_text(part), side.country)


def _raw_text(part: str) -> pl.Expr:
    columns = [pl.col(column).cast(pl.String) for column in columns_of(part)]
    return columns[0] if len(columns) == 1 else pl.concat_str(columns, separator=" ", ignore_nulls=True)


def hashed_keys(rows: pl.LazyFrame, hashed: Hash) -> pl.DataFrame:
    """Add the `hash` of each `key`, and leave out rows without one.

    Args:
        rows: `key`, and columns that stay as they are.
        hashed: any function of a key; a bad one costs time, never the truth.
    """
    is_filled = pl.col("key").str.len_bytes() > 0
    return rows.filter(is_filled).with_columns(hash=hashed(pl.col("key"))).collect(engine="streaming")


def keyed_records(
    records: pl.LazyFrame, sides: Sequence[Side], compare: Comparison, no_value: frozenset[str]
) -> Iterator[pl.DataFrame]:
    """Give `record`, `key`, `hash` for one rule after the other, each by its NetSuite side.

    The keys of a side are made once, and kept only while a later rule wants the same one.
    """
    kept: dict[Side, pl.DataFrame] = {}
    for at, side in enumerate(sides):
        if side not in kept:
            kept[side] = side_keys(records, side, pl.col("internal_id").alias("record"), compare, no_value)
        yield kept[side]
        if side not in sides[at + 1 :]:
            del kept[side]


def _heads(right: pl.DataFrame) -> pl.DataFrame:
    """Return one row per hash: the row `at` which it stands, null if it stands at several."""
    groups = right.lazy().select("hash").with_row_index("at").group_by("hash").agg(pl.col("at").min(), n=pl.len())
    at = pl.when(pl.col("n") == 1).then("at")
    return groups.select("hash", at=at).collect(engine="streaming")


def _verified(hits: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    # A gather over many chunks costs ten times one over a single chunk.
    records = right.select("record", theirs="key").rechunk().select(pl.all().gather(hits.get_column("at")))
    pairs = hits.select("position", "key").hstack(records)
    equal = pairs.lazy().filter(pl.col("key") == pl.col("theirs"))
    return equal.select("position", "record").collect(engine="streaming")


def _found(single: pl.DataFrame, members: pl.DataFrame, groups: pl.DataFrame) -> Found:
    """Sort out those that only seemed to find several, because two keys had one hash."""
    is_several = pl.col("candidates") > 1
    apart = members.filter(~is_several).select("position", record="lowest")
    return Found(
        pl.concat([single, apart]), members.filter(is_several).select("position", "group"), groups.drop("group", "key")
    )
