"""Which Stripe ids stand in which comments, as tokens: not inside a longer run of letters, digits and `_` (W3).

Ids are looked up, never searched for one by one, so the cost is that of the comments. Almost every id is `cus_` and
letters and digits; a few have other characters behind `cus_`. An imported id such as `1001` or `paid` could be any
number or word, so it says nothing in comments and is not looked for.
"""

from collections.abc import Callable

import polars as pl

from assets.matching.hash_table import may_be_among
from schemas.words import STRIPES_OWN, USUAL_STRIPE_ID

Hash = Callable[[pl.Expr], pl.Expr]

_WORD = r"[\p{L}\p{M}\p{N}_]"
_BREAK = r"[^\p{L}\p{M}\p{N}_]"
_UNUSUAL = rf"^{STRIPES_OWN}(?:[0-9A-Za-z]*[^0-9A-Za-z]|$)"
"""An id of Stripe's own that is not `USUAL_STRIPE_ID`."""
_SPECIAL = r"([\\.+*?()|\[\]{}^$#&\-~])"


def find_usual_ids(comments: pl.LazyFrame) -> pl.LazyFrame:
    """Return what looks like a usual id in the comments: each pair of `record` and `text` once.

    Args:
        comments: `record`, `note`.

    >>> notes = ["pays late (cus_A1, cus_A1).", "was old_cus_A1", "cus_B-2"]
    >>> find_usual_ids(pl.LazyFrame({"record": [7, 8, 9], "note": notes})).collect().rows()
    [(7, 'cus_A1'), (9, 'cus_B')]
    """
    token = pl.col("note").str.extract_all(f"{_WORD}*cus_{_WORD}*")
    # As a filter, `find` costs half of what `contains` does.
    noted = comments.filter(pl.col("note").str.find("cus_", literal=True).is_not_null())
    tokens = noted.select("record", text=token.list.unique()).explode("text")
    return tokens.filter(pl.col("text").str.contains(USUAL_STRIPE_ID))


def find_unusual_ids(ids: pl.LazyFrame, comments: pl.LazyFrame, hashed: Hash) -> pl.LazyFrame:
    """Return where the comments hold an id of Stripe's own that `find_usual_ids` cannot know.

    Each `position`, `record` and `text` once.

    Args:
        ids: `position`, `id`.
        comments: `record`, `note`.
        hashed: any function of an id; a bad one costs time, never the truth.
    """
    is_bounded = pl.col("id").str.contains(rf"(?s)^{_WORD}(.*{_WORD})?$")
    unusual = ids.filter(pl.col("id").str.contains(_UNUSUAL)).with_columns(is_bounded=is_bounded)
    found = unusual.collect(engine="streaming")
    if found.is_empty():
        return pl.LazyFrame(schema={"position": pl.UInt32, "record": pl.Int64, "text": pl.String})
    bounded = found.filter("is_bounded").drop("is_bounded")
    odd = found.filter(~pl.col("is_bounded")).drop("is_bounded")
    return pl.concat([_bounded_ids(bounded, comments, hashed), _odd_ids(odd, comments)]).unique()


def with_position(texts: pl.LazyFrame, ids: pl.LazyFrame, hashed: Hash) -> pl.LazyFrame:
    """Return the rows of `texts` whose `text` is an id, with its `position`: an exact join at the price of numbers.

    The ids are millions and the texts few, so that most ids leave before the join. Of both sides all but `id` stays.
    """
    some = texts.with_columns(hash=hashed(pl.col("text"))).collect(engine="streaming")
    if some.is_empty():  # nothing to look up, and the ids are millions
        return pl.concat([some.drop("hash").lazy(), ids.drop("id").limit(0)], how="horizontal")
    known = ids.with_columns(hash=hashed(pl.col("id"))).collect(engine="streaming")
    near = known.filter(may_be_among(known.get_column("hash"), some.get_column("hash")))
    # Not in one plan with the comparison, which would join by the strings, too.
    met = some.lazy().join(near.lazy(), on="hash").collect(engine="streaming")
    return met.lazy().filter(pl.col("text") == pl.col("id")).drop("id", "hash")


def _bounded_ids(ids: pl.DataFrame, comments: pl.LazyFrame, hashed: Hash) -> pl.LazyFrame:
    """Find ids that end with a word, too, by comparing them with as many words of the comments in a row."""
    counted = ids.with_columns(words=pl.col("id").str.count_matches(f"{_WORD}+"))
    pieces = comments.select("record", piece=pl.col("note").str.extract_all(f"{_WORD}+|{_BREAK}+")).explode("piece")
    sizes = counted.get_column("words").unique().to_list()
    windows = [_windows(pieces, words) for words in sizes]
    nothing = pl.LazyFrame(schema={"record": pl.Int64, "text": pl.String})
    found = with_position(pl.concat([nothing, *windows]), ids.lazy(), hashed)
    return found.select("position", "record", "text")


def _windows(pieces: pl.LazyFrame, words: int) -> pl.LazyFrame:
    last = 2 * words - 2
    is_whole = pl.col("record").shift(-last) == pl.col("record")
    window = pl.concat_str([pl.col("piece").shift(-at) for at in range(last + 1)])
    starts_with_word = pl.col("piece").str.contains(f"^{_WORD}")
    return pieces.select("record", text=pl.when(is_whole & starts_with_word).then(window)).drop_nulls()


def _odd_ids(ids: pl.DataFrame, comments: pl.LazyFrame) -> pl.LazyFrame:
    """Find ids that end with punctuation, hardly ever any: all at once, then each hit checked for its boundaries."""
    hits = pl.col("note").str.extract_many(ids.get_column("id").implode(), overlapping=True)
    escaped = pl.col("id").str.replace_all(_SPECIAL, r"\${1}")
    token = pl.concat_str(pl.lit(f"(?:^|{_BREAK})"), escaped, pl.lit(f"(?:$|{_BREAK})"))
    found = comments.with_columns(id=hits).explode("id").drop_nulls("id").unique(["record", "id"])
    whole = found.filter(pl.col("note").str.contains(token)).join(ids.lazy(), on="id")
    return whole.select("position", "record", text="id")
