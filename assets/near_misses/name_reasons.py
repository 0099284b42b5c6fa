"""In words, what two names with the same words differ in."""

from typing import Final

import polars as pl

from assets.near_misses.loose_texts import IGNORED

_WWW: Final = r"(?i)^\s*(https?://)?(www\.)"


def name_reasons(both: pl.DataFrame) -> pl.DataFrame:
    """Add `said`: what `name` and `name_theirs`, whose words are `text` and `text_theirs`, differ in."""
    ours, theirs = (_forms(suffix) for suffix in ("", "_theirs"))
    apart = [
        (_letters("name") == _letters("name_theirs"), "punctuation"),
        (_letters("name", _WWW) == _letters("name_theirs", _WWW), "`www.`"),
        (_joined("text") == _joined("text_theirs"), "accents or letter forms"),
        (ours.list.join(" ") == theirs.list.join(" "), "its legal form"),
        (_words("text").list.sort().list.join(" ") == _words("text_theirs").list.sort().list.join(" "), "word order"),
    ]
    reason = pl.lit("word order and its legal form")
    for is_so, what in reversed(apart):
        reason = pl.when(is_so).then(pl.lit(what)).otherwise(reason)
    is_equal = pl.col("name").str.to_lowercase() == pl.col("name_theirs").str.to_lowercase()
    said = pl.when(is_equal).then(pl.lit("same name")).otherwise(pl.format("same name apart from {}", reason))
    return both.with_columns(said=said)


def _letters(column: str, without: str | None = None) -> pl.Expr:
    """A text in lower case without white space and punctuation, accents included."""
    text = pl.col(column) if without is None else pl.col(column).str.replace(without, "")
    return text.str.normalize("NFC").str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]", "")


def _joined(column: str) -> pl.Expr:
    return pl.col(column).str.replace_all(" ", "", literal=True)


def _words(column: str) -> pl.Expr:
    return pl.col(column).str.split(" ")


def _forms(suffix: str) -> pl.Expr:
    word = pl.element()
    return _words(f"text{suffix}").list.eval(word.filter(~word.is_in(list(IGNORED))))
