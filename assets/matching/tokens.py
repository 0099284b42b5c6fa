"""Which Stripe ids stand in which comments, as tokens: not inside a longer run of letters, digits and `_` (W3).

Ids are looked up, never searched for one by one, so the cost is that of the comments. Almost every id is `cus_` and
letters; old accounts chose their own ids, and any text can be one.
"""

import polars as pl

_WORD = r"[\p{L}\p{M}\p{N}_]"
_BREAK = r"[^\p{L}\p{M}\p{N}_]"
_USUAL = r"^cus_[0-9A-Za-z]+$"
_SPECIAL = r"([\\.+*?()|\[\]{}^$#&\-~])"


def ids_in_comments(ids: pl.LazyFrame, comments: pl.LazyFrame) -> pl.LazyFrame:
    """Return each pair of `position` and `record` where the comments hold the id, once.

    Args:
        ids: `position`, `id`.
        comments: `record`, `comments`.
    """
    is_usual = pl.col("id").str.contains(_USUAL)
    is_bounded = pl.col("id").str.contains(rf"(?s)^{_WORD}(.*{_WORD})?$")
    usual = _usual_ids(ids.filter(is_usual), comments)
    others = ids.filter(~is_usual).with_columns(is_bounded=is_bounded).collect(engine="streaming")
    if others.is_empty():
        return usual.unique()
    bounded = others.filter("is_bounded").drop("is_bounded")
    odd = others.filter(~pl.col("is_bounded")).drop("is_bounded")
    return pl.concat([usual, _bounded_ids(bounded, comments), _odd_ids(odd, comments)]).unique()


def _usual_ids(ids: pl.LazyFrame, comments: pl.LazyFrame) -> pl.LazyFrame:
    token = pl.col("comments").str.extract_all(f"{_WORD}*cus_{_WORD}*")
    tokens = comments.filter(pl.col("comments").str.contains("cus_", literal=True)).select("record", id=token)
    return tokens.explode("id").join(ids, on="id").select("position", "record")


def _bounded_ids(ids: pl.DataFrame, comments: pl.LazyFrame) -> pl.LazyFrame:
    """Find ids that begin and end with a word by comparing them with as many words of the comments in a row."""
    counted = ids.with_columns(words=pl.col("id").str.count_matches(f"{_WORD}+"))
    pieces = comments.select("record", piece=pl.col("comments").str.extract_all(f"{_WORD}+|{_BREAK}+")).explode("piece")
    sizes = counted.get_column("words").unique().to_list()
    windows = [_windows(pieces, words) for words in sizes]
    nothing = pl.LazyFrame(schema={"record": pl.Int64, "id": pl.String})
    return pl.concat([nothing, *windows]).join(counted.lazy(), on="id").select("position", "record")


def _windows(pieces: pl.LazyFrame, words: int) -> pl.LazyFrame:
    last = 2 * words - 2
    is_whole = pl.col("record").shift(-last) == pl.col("record")
    window = pl.concat_str([pl.col("piece").shift(-at) for at in range(last + 1)])
    starts_with_word = pl.col("piece").str.contains(f"^{_WORD}")
    return pieces.select("record", id=pl.when(is_whole & starts_with_word).then(window)).drop_nulls()


def _odd_ids(ids: pl.DataFrame, comments: pl.LazyFrame) -> pl.LazyFrame:
    """Find ids with punctuation at an end, hardly ever any: all at once, then each hit checked for its boundaries."""
    hits = pl.col("comments").str.extract_many(ids.get_column("id").implode(), overlapping=True)
    escaped = pl.col("id").str.replace_all(_SPECIAL, r"\${1}")
    token = pl.concat_str(pl.lit(f"(?:^|{_BREAK})"), escaped, pl.lit(f"(?:$|{_BREAK})"))
    found = comments.with_columns(id=hits).explode("id").drop_nulls("id").unique(["record", "id"])
    return found.filter(pl.col("comments").str.contains(token)).join(ids.lazy(), on="id").select("position", "record")
