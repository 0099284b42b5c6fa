"""Doubts: what a person should see of a pair before it is written. They change neither outcome nor record.

A kind of doubt is a word in `schemas.words.DOUBTS` and a function in `_FINDERS`, in the same order: of what matching
has found it returns `position` (of the customer) and `said`, a sentence with ids and counts, never an e-mail or a name;
one row per position at most. Nothing else has to know it: the result column `doubt`, the review, the check and the
report take all kinds, and under `on_doubt: refuse` the plan leaves the pair out. What a person decided (an override) is
never doubted. Doubts about new records are in `may_be_known`.
"""

from collections.abc import Callable, Mapping
from typing import Final

import polars as pl

from assets.matching.existing_links import linked_already
from assets.matching.findings import group_records, listed
from assets.matching.lead_names import lead_names
from assets.matching.link_traces import are_of
from assets.matching.names_another import names_another
from assets.matching.near_ids import near_ids
from assets.matching.negation import find_negated, may_negate
from assets.matching.retired import find_retired, retired_names
from assets.matching.said_of_new import CHOSEN
from assets.matching.second_opinions import Evidence
from schemas.link_fields import LinkField, fields_of
from schemas.rule_kinds.netsuite_name import NETSUITE_NAME, NUMBERED, SOME
from schemas.words import DOUBTS, NEAR_KEYS, STRIPES_OWN, Doubt

_RECORD: Final = "record"
_NAME: Final = "name"
_OUR_NAME: Final = "the customer seems to be retired, by its name in Stripe"


def find_doubts(evidence: Evidence) -> pl.DataFrame:
    """Return `position` and `doubt` of the customers with a doubt: each as `word: sentence`, several with `; `."""
    order = list(_FINDERS)
    found = [
        find(evidence).select("position", rank=pl.lit(at), said="said") for at, find in enumerate(_FINDERS.values())
    ]
    words = pl.format("{}: {}", pl.col("rank").replace_strict(dict(enumerate(order)), return_dtype=pl.String), "said")
    rows = pl.concat(found).sort("position", "rank")
    return rows.group_by("position", maintain_order=True).agg(doubt=words.str.join("; ")).collect()


def kinds_of(doubt: pl.Expr) -> pl.Expr:
    """Return the words of a column `doubt` as a list."""
    return doubt.str.extract_all(rf"\b({'|'.join(DOUBTS)}): ").list.eval(pl.element().str.strip_chars_end(": "))


def of_pair(doubt: pl.Expr) -> pl.Expr:
    """Return a column `doubt` without what speaks against a new record: there is a pair now, and none is made."""
    rest = doubt.str.replace(_SAID_OF_NEW + ".*$", "")
    return pl.when(rest.str.len_bytes() > 0).then(rest)


def speaks_of_new(doubt: pl.Expr) -> pl.Expr:
    """Whether a column `doubt` speaks against a new record."""
    return doubt.str.contains(_SAID_OF_NEW)


def _link_contradicted(evidence: Evidence) -> pl.LazyFrame:
    """Links that one trace alone shows, while all other evidence that finds anything finds somebody else."""
    linked = evidence.linked
    opposed = evidence.opinions.others.lazy().filter(pl.lit(linked).gather("position").is_not_null())
    own = pl.lit(linked).gather("position").alias("own")
    is_own = pl.col(_RECORD) == pl.col("own")
    noted = pl.format("{} of record {}", "source", _RECORD)

    def elsewhere(traces: pl.LazyFrame) -> pl.LazyFrame:
        named = traces.filter("is_evidence").drop_nulls(_RECORD).with_columns(own).filter(~is_own)
        return named.unique(["position", _RECORD, "source"]).select("position", "source", says=noted)

    by_rules = opposed.select("position", pl.lit(None, pl.String).alias("source"), "says")
    says = pl.concat([by_rules, evidence.traces.each(elsewhere)]).collect()

    # Few links are contradicted, so only theirs are looked at from here on.
    def its_own(traces: pl.LazyFrame) -> pl.LazyFrame:
        named = traces.filter("is_evidence").with_columns(own).filter(is_own)
        return named.join(says.lazy(), on="position", how="semi").unique(["position", "source"])

    mine = evidence.traces.each(its_own)
    lonely = mine.group_by("position").agg(pl.len(), shown_by=pl.col("source").first()).filter(pl.col("len") == 1)
    # What shows the link itself names further records of an ambiguous customer: candidates, and nothing against it.
    rest = says.lazy().join(lonely, on="position").filter(pl.col("source").ne_missing(pl.col("shown_by")))
    rest = rest.filter(~pl.lit(evidence.opinions.agrees).gather("position"))
    said = pl.format("all else says otherwise: {}", pl.col("says").sort().str.join(", "))
    return rest.group_by("position").agg(said=said)


def _link_inactive(evidence: Evidence) -> pl.LazyFrame:
    """Links to records that are inactive, where a rule finds an active one with the same value."""
    linked = evidence.linked
    found = evidence.opinions.successors.lazy().with_columns(pl.lit(linked).gather("position").alias("own"))
    is_linked = pl.col("own").is_not_null()
    by_customer = found.filter(is_linked).group_by("position", "own").agg(pl.col("says").sort().str.join(", "))
    return by_customer.select("position", said=pl.format("record {} is inactive, and {}", "own", "says"))


def _retired(evidence: Evidence) -> pl.LazyFrame:
    """Pairs whose record says by its name or its comments that it is not to be used any more, or whose customer does.

    Of customers only those are asked that a rule matched, by the name that it compares.
    """
    retired = find_retired(evidence.records).collect(engine="streaming")
    pairs = evidence.pairs.lazy().join(retired.lazy(), on=_RECORD, how="semi")
    said = pairs.select("position", said=pl.format("record {} seems to be retired, by its name or comments", _RECORD))
    if _NAME not in evidence.customers.columns:
        return said
    matched = evidence.matched.is_not_null().arg_true()
    ours = matched.gather(retired_names(evidence.customers.get_column(_NAME).gather(matched)))
    by_name = pl.LazyFrame({"position": ours}, schema={"position": pl.UInt32}).with_columns(said=pl.lit(_OUR_NAME))
    return pl.concat([said, by_name]).group_by("position").agg(pl.col("said").str.join(", "))


def _rules_differ(evidence: Evidence) -> pl.LazyFrame:
    """Matches by a rule, while a later rule finds other records only."""
    is_matched = pl.lit(evidence.matched).gather("position").is_not_null()
    others = evidence.opinions.others.lazy().filter(is_matched)
    return others.group_by("position").agg(said=pl.col("says").str.join(", "))


def _number_in_name(evidence: Evidence) -> pl.LazyFrame:
    """Matches by a name without the number before it, where few names have one: `7 Eleven` is no number 7."""
    found = [pl.LazyFrame(schema={"position": pl.UInt32, "said": pl.String})]
    for rank, rule in enumerate(evidence.settings.rules):
        if rule.netsuite_side.kind.name != NETSUITE_NAME:
            continue
        name = pl.concat_str(*rule.netsuite_side.columns, separator=" ", ignore_nulls=True)
        named = evidence.records.filter(name.str.len_bytes() > 0)
        has_number = name.str.contains(NUMBERED)
        numbered = named.filter(has_number).select(record="internal_id").collect(engine="streaming")
        if numbered.height < SOME * named.select(pl.len()).collect(engine="streaming").item():
            pairs = evidence.pairs.lazy().filter(pl.col("rank") == rank).join(numbered.lazy(), on=_RECORD, how="semi")
            said = pl.format("record {} has a number before its name, as few have: it may be part of the name", _RECORD)
            found.append(pairs.select("position", said=said))
    return pl.concat(found)


def _shared_key(evidence: Evidence) -> pl.LazyFrame:
    """Matches by a value that more than `shared_key` customers of Stripe have, or of NetSuite; links likewise."""
    most = evidence.settings.shared_key
    matched = evidence.pairs.lazy().filter(pl.col("rank") >= 0)
    crowds = evidence.opinions.crowds.lazy().join(matched, on="position", how="semi")
    ours = crowds.select("position", said=pl.format("{} Stripe customers have this value", "sharing"))
    theirs = matched.filter(pl.col("candidates") > most)
    said = theirs.select("position", said=pl.format("{} NetSuite customers have this value", "candidates"))
    return (
        pl.concat([ours, said, _shared_links(evidence, most)])
        .group_by("position")
        .agg(pl.col("said").sort(descending=True).str.join(", "))
    )


def _shared_links(evidence: Evidence, most: int) -> pl.LazyFrame:
    """Links to one record that the metadata of many customers show, and nothing else: a column was filled down."""
    alone = [linked_already(field.evidence) for field in fields_of("stripe")] if evidence.settings.rules else []
    findings = evidence.decided.findings.lazy().with_row_index("finding").filter(pl.col("reason").is_in(alone))
    rows = evidence.decided.rows.lazy().join(findings, on="finding", how="semi").select("position", _RECORD)
    unsure = rows.filter(~pl.lit(evidence.opinions.agrees).gather("position"))
    crowded = unsure.filter(pl.len().over(_RECORD) > most).collect().lazy()

    def noted(traces: pl.LazyFrame) -> pl.LazyFrame:
        words = traces.filter(are_of(fields_of("netsuite", "words")))
        return words.join(crowded, on=["position", _RECORD], how="semi").select("position")

    rest = crowded.join(evidence.traces.each(noted), on="position", how="anti")
    sharing = rest.with_columns(sharing=pl.len().over(_RECORD)).filter(pl.col("sharing") > most)
    said = pl.format("{} Stripe customers name record {} in metadata, and nothing else does", "sharing", _RECORD)
    return sharing.select("position", said=said)


def _negated(evidence: Evidence) -> pl.LazyFrame:
    """Pairs of which the record's comments hold the id in one sentence with a word such as *not* or *wrong*."""
    found = [_negated_in(field, evidence) for field in fields_of("netsuite", "words")]
    return pl.concat(found).unique("position", keep="first", maintain_order=True)


def _negated_in(field: LinkField, evidence: Evidence) -> pl.LazyFrame:
    own = pl.coalesce(pl.lit(series).gather("position") for series in (evidence.linked, evidence.matched))
    note = pl.col(field.name).cast(pl.String)
    # Few comments that hold an id have such a word, so only theirs are looked at from here on.
    noted = evidence.records.filter(note.str.find(STRIPES_OWN, literal=True).is_not_null()).filter(may_negate(note))
    notes = noted.select(note=note, record="internal_id").collect(engine="streaming").lazy()

    def its_own(traces: pl.LazyFrame) -> pl.LazyFrame:
        pairs = traces.filter(are_of([field]) & (pl.col(_RECORD) == own)).select("position", _RECORD, "text")
        return pairs.join(notes, on=_RECORD, how="semi")

    rows = evidence.traces.each(its_own).join(notes, on=_RECORD)
    said = pl.format(
        f"the {field.name} of record {{}} seem to say by “{{}}” that it is another customer", _RECORD, "word"
    )
    return find_negated(rows).select("position", said=said)


def _chosen_id(evidence: Evidence) -> pl.LazyFrame:
    """Customers with an imported id that is an external id, but not of their record; they may have no record at all."""
    is_note = ~pl.col("is_evidence") & pl.col(_RECORD).is_not_null()
    notes = evidence.traces.each(lambda traces: traces.filter(is_note)).collect()
    if notes.is_empty():  # as in most accounts
        return pl.LazyFrame(schema={"position": pl.UInt32, "said": pl.String})
    groups = group_records(notes.lazy().select("position", _RECORD).unique(), "position").rename(
        {"candidates": "holding"}
    )
    decided = evidence.still_open(groups, "held")
    own = decided.join(notes.lazy().select("position", _RECORD), on=["position", _RECORD], how="semi")
    rows = decided.join(own, on="position", how="anti")
    word = pl.when(pl.col("holding") > 1).then(pl.lit("records")).otherwise(pl.lit("record"))
    held = pl.format("{} {}", word, listed(pl.col("shown"), pl.col("holding")))
    return rows.select("position", said=pl.format(CHOSEN, held))


def _near_key(evidence: Evidence) -> pl.LazyFrame:
    """Customers that are not linked, of whose metadata a key can be meant for one of ours; they may have no record."""
    if NEAR_KEYS not in evidence.customers.columns:  # as of export files
        return pl.LazyFrame(schema={"position": pl.UInt32, "said": pl.String})
    named = evidence.customers.lazy().select("position", NEAR_KEYS).drop_nulls()
    keys = pl.col(NEAR_KEYS).str.replace_all("\n", ", ", literal=True)
    said = pl.format("the metadata have {}, which can be meant for a key of ours and is not read", keys)
    return evidence.still_open(named, "held", "linked").select("position", said=said)


_FINDERS: Final[Mapping[Doubt, Callable[[Evidence], pl.LazyFrame]]] = {
    "link_contradicted": _link_contradicted,
    "link_inactive": _link_inactive,
    "retired": _retired,
    "negated": _negated,
    "rules_differ": _rules_differ,
    "names_another": names_another,
    "lead_names": lead_names,
    "number_in_name": _number_in_name,
    "shared_key": _shared_key,
    "chosen_id": _chosen_id,
    "near_key": _near_key,
    "near_id": near_ids,
}

OF_NEW: Final = tuple(kind for kind in DOUBTS if kind not in _FINDERS)
"""The kinds of doubts about new records."""

_SAID_OF_NEW: Final = rf"(?:^|; )(?:{'|'.join(OF_NEW)}): "
