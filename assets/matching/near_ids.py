"""Doubted: comments that hold nearly the id of a customer, in another case, torn or cut off; pure.

Comments link by an id as Stripe has it and by nothing else (W3). But whoever has typed `CUS_A1` into them, or whatever
has cut an id off at the end of a field, meant somebody.
"""

from typing import Final

import polars as pl

from assets.matching.link_traces import WORD_FIELDS, named_unclearly, notes_of
from assets.matching.second_opinions import Evidence
from schemas.link_fields import LinkField

_REST: Final = "[0-9A-Za-z]*[0-9][0-9A-Za-z]*"
_NEARLY: Final = (
    rf"(?-u:\b)(?:(?:C[Uu][Ss]|cU[Ss]|cuS)(?:[_-]|\s+)|cus(?:-|_?\s+)|cus_cus_){_REST}"
    r"|(?-u:\b)cus_(?:[0-9A-Za-z]{6,13}|[0-9a-z]{14}|[0-9A-Z]{14})(?-u:\b)"
)
"""What is not written as nearly all ids are, so that comments with such an id cost next to nothing here."""
_SAID: Final = pl.Schema({"position": pl.UInt32(), "said": pl.String()})


def near_ids(evidence: Evidence) -> pl.LazyFrame:
    """Return `position` and `said` of customers that were not linked, one row each.

    Comments of another record hold nearly their id, or those of their own record that of somebody else.
    """
    found = pl.concat([_SAID.to_frame(), *(_near_in(field, evidence) for field in WORD_FIELDS)])
    return found.sort("position", "said").unique("position", keep="first", maintain_order=True).lazy()


def _near_in(field: LinkField, evidence: Evidence) -> pl.DataFrame:
    note, record, whom = pl.col("note"), pl.col("record"), pl.col("whom")
    noted = notes_of(evidence.records, field).filter(note.str.contains(_NEARLY))
    words = noted.select("record", source=pl.lit(field.evidence), text=note.str.extract_all(_NEARLY).list.unique())
    texts = words.explode("text").collect(engine="streaming")
    if texts.is_empty():  # as in most accounts
        return _SAID.to_frame()
    ids = evidence.customers.lazy().select("position", "id")
    named = named_unclearly(texts, ids, pl.Expr.hash).filter(~pl.col("is_clear"))
    near = named.select(note="record", whom="position").unique().collect(engine="streaming").lazy()
    theirs = evidence.still_open(near.select(pl.all(), position=whom), "held", "linked")
    elsewhere = theirs.filter(record.ne_missing(note)).sort("note")
    matched = evidence.pairs.lazy().filter(pl.col("rank") >= 0).select("position", "record")
    others = matched.join(near, left_on="record", right_on="note").filter(whom != pl.col("position"))
    id_ = pl.lit(evidence.customers.get_column("id")).gather("whom").alias("id")
    of_record = f"the {field.name} of record {{}} hold what may be meant for"
    said = (
        elsewhere.select("position", said=pl.format(f"{of_record} this customer", "note")),
        others.with_columns(id_).sort("id").select("position", said=pl.format(f"{of_record} {{}}", "record", "id")),
    )
    return pl.concat(said).collect().cast(_SAID)
