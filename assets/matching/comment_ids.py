"""Which Stripe ids stand in which comments, as tokens: not inside a longer run of letters, digits and `_` (W3).

Ids are looked up, never searched for one by one, so the cost is that of the comments. Almost every id is `cus_` and
letters and digits; a few have other characters behind `cus_`. An imported id such as `1001` or `paid` could be any
number or word, so it says nothing in comments and is not looked for.
"""

from collections.abc import Callable
from typing import Final, cast

import polars as pl

from assets.matching.hash_table import may_be_among, meet
from schemas.words import STRIPES_OWN, USUAL_STRIPE_ID

Hash = Callable[[pl.Expr], pl.Expr]

_WORD = r"[\p{L}\p{M}\p{N}_]"
_BREAK = r"[^\p{L}\p{M}\p{N}_]"
_UNUSUAL = rf"^{STRIPES_OWN}(?:[0-9A-Za-z]*[^0-9A-Za-z]|$)"
"""An id of Stripe's own that is not `USUAL_STRIPE_ID`."""
IS_USUAL: Final = pl.col("text").str.contains(USUAL_STRIPE_ID)
"""Whether a word is a usual id."""
_SPECIAL = r"([\\.+*?()|\[\]{}^$#&\-~])"


def find_words(comments: pl.LazyFrame) -> pl.LazyFrame:
    """Return the words of the comments that have `cus_` in them: each pair of `record` and `text` once.

    Args:
        comments: `record`, `note`.
    """
    token = pl.col("note").str.extract_all(f"{_WORD}*cus_{_WORD}*")
    # As a filter, `find` costs half of what `contains` does.
    noted = comments.filter(pl.col("note").str.find("cus_", literal=True).is_not_null())
    return noted.select("record", text=token.list.unique()).explode("text")


def find_usual_ids(comments: pl.LazyFrame) -> pl.LazyFrame:
    """Return what looks like a usual id in the comments: those of `find_words`.

    >>> notes = ["pays late (cus_A1, cus_A1).", "was old_cus_A1", "cus_B-2"]
    >>> find_usual_ids(pl.LazyFrame({"record": [7, 8, 9], "note": notes})).collect().rows()
    [(7, 'cus_A1'), (9, 'cus_B')]
    """
    return find_words(comments).filter(IS_USUAL)


def shortest_unusual(words: pl.DataFrame) -> int | None:
    """Return how many bytes an id that is not usual has at least, if it stands among these words; None if none can.

    It begins with a word that begins with `cus_`, and goes on after it where that word is a usual id.

    >>> shortest_unusual(pl.DataFrame({"text": ["cus_A1", "old_cus_A"]}))
    7
    """
    begins = pl.when(IS_USUAL).then(pl.col("text").str.len_bytes() + 1).otherwise(len(STRIPES_OWN))
    fewest = words.lazy().filter(pl.col("text").str.starts_with(STRIPES_OWN)).select(begins.min())
    return cast("int | None", fewest.collect().item())


def are_unusual() -> pl.Expr:
    """Return which ids `find_unusual_ids` looks for, however long."""
    return pl.col("id").str.contains(_UNUSUAL)


def find_unusual_ids(ids: pl.LazyFrame, words: pl.DataFrame, comments: pl.LazyFrame, hashed: Hash) -> pl.LazyFrame:
    """Return where the comments hold an id of Stripe's own that `find_usual_ids` cannot know.

    Each `position`, `record` and `text` once.

    Args:
        ids: `position`, `id`.
        words: what `find_words` finds in the comments.
        comments: `record`, `note`.
        hashed: any function of an id; a bad one costs time, never the truth.
    """
    found = _unusual(ids, words)
    if found.is_empty():
        return pl.LazyFrame(schema={"position": pl.UInt32, "record": pl.Int64, "text": pl.String})
    bounded = found.filter("is_bounded").drop("is_bounded")
    odd = found.filter(~pl.col("is_bounded")).drop("is_bounded")
    return pl.concat([_bounded_ids(bounded, comments, hashed), _odd_ids(odd, comments)]).unique()


def _unusual(ids: pl.LazyFrame, words: pl.DataFrame) -> pl.DataFrame:
    """Return the ids that are not usual and long enough to be in the comments, and which end with a word."""
    fewest = shortest_unusual(words)
    # By itself, since lengths cost a fifteenth of the pattern, and mostly leave nothing for it.
    is_long = pl.col("id").str.len_bytes() >= fewest if fewest else pl.lit(value=False)
    some = ids.filter(is_long).collect(engine="streaming").lazy()
    is_bounded = pl.col("id").str.contains(rf"(?s)^{_WORD}(.*{_WORD})?$")
    unusual = some.filter(are_unusual()).with_columns(is_bounded=is_bounded)
    return unusual.collect(engine="streaming")


def with_position(texts: pl.LazyFrame, ids: pl.LazyFrame, hashed: Hash) -> pl.LazyFrame:
    """Return the rows of `texts` whose `text` is an id, with its `position`: an exact join at the price of numbers.

    The ids are millions and the texts few, so that most ids leave before the look-up. Of both sides all but `id` stays.
    """
    some = texts.with_columns(hash=hashed(pl.col("text"))).collect(engine="streaming")
    if some.is_empty():  # nothing to look up, and the ids are millions
        return pl.concat([some.drop("hash").lazy(), ids.drop("id").limit(0)], how="horizontal")
    known = ids.collect(engine="streaming")
    hashes = known.lazy().select(hash=hashed(pl.col("id"))).collect(engine="streaming").to_series()
    is_near = may_be_among(hashes, some.get_column("hash"))
    near = known.filter(is_near).with_columns(hashes.filter(is_near)).rechunk()
    met = meet(some.get_column("hash"), near.get_column("hash"))
    ours, at = some.filter(met.is_found), met.found.filter(met.is_found)
    is_equal = ours.get_column("text") == near.get_column("id").gather(at)
    theirs = near.drop("id", "hash").select(pl.all().gather(at.filter(is_equal)))
    found = pl.concat([ours.filter(is_equal).drop("hash"), theirs], how="horizontal")
    others = near[pl.concat([met.twins, met.without_slot])]
    some = some.filter(may_be_among(some.get_column("hash"), others.get_column("hash")))
    # Not in one plan with the comparison, which would join by the strings, too.
    rest = some.lazy().join(others.lazy(), on="hash").collect(engine="streaming")
    return pl.concat([found, rest.filter(pl.col("text") == pl.col("id")).drop("id", "hash")]).lazy()


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
