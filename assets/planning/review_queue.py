"""What a person must look at: conflicts, broken links, ambiguity, doubts, full comments, each with what decides it."""

from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from assets.matching.doubts import kinds_of
from assets.matching.equal_customers import is_twin
from assets.matching.global_customer import HAS_RECORD
from assets.matching.said_of_new import is_key_held
from assets.planning.append_words import left_out
from assets.planning.settings import PlanSettings
from assets.planning.traces_in_review import NOTHING
from schemas.link_fields import LINK_FIELDS
from schemas.repeated import may_be_among

_DETAILS_SHOWN = 10

_DECIDED = f"{NOTHING}: a person decided this. To take it back, decide withdraw."
_NO_DECISIONS = pl.LazyFrame(schema={"stripe_customer_id": pl.String, "decided": pl.String})

_BY_LINK = [field.evidence for field in LINK_FIELDS]
"""What a conflict is by that no rule has found, and no other customer claims (`one_to_one`)."""

_KINDS = {"never": "never link", "create": "make a new record"}

_WHAT_TO_DO = {
    "conflict": "Find out which record is right, and clear the wrong traces.",
    "broken": "Decide for the record that took the old one's place ({where}), or clear the metadata.",
    "ambiguous": "Decide for one candidate ({where}), or merge them in NetSuite, before the plan is used.",
}
_IF_CHOSEN_IS_GONE = "Decide for the record that took its place, or take the decision back ({where})."
_IF_CLAIMED = "Decide for the record, if both customers are its own, or never to link ({where})."
_IF_CLAIMED_OR_NEW = (
    "Decide for the record, if both customers are its own, or create, for a new one, or never to link ({where})."
)
_IF_DOUBTED = (
    "Compare the two customers; decide for the right record, or never to link ({where}), before the plan is used."
)
_IF_GUESSED = "Nobody has confirmed this record: decide for it, or for another one, or never to link ({where})."
_IF_NEW = (
    "No record is made until somebody decides ({where}): for the right one, by its internal id (a lead or prospect "
    "has to become a customer in NetSuite first), or create, for a new one."
)
_IF_KEY_IS_HELD = (
    "No record is made, as NetSuite takes no second one with this id: decide for the right one, by its internal id "
    "({where}; a lead or prospect has to become a customer in NetSuite first), or take the id out of the record that "
    "holds it; then create, for a new one, can be decided."
)
_IF_NEW_BESIDE_NEW = (
    "No record is made until somebody decides ({where}): create, for one of its own; or, if the two are one, for the "
    "record of the other one, once it has one."
)
_IF_TWIN = (
    f"{NOTHING}, if the two are one: the next run finds the record that the other one gets. If they are not, decide "
    "create ({where})."
)
_IF_TWIN_HELD = (
    f"{NOTHING} yet, if the two are one: the next run finds the record that the other one gets, and asks for it. If "
    "they are not, decide create ({where})."
)
_IF_HELD = "Compare the two customers and decide ({where}); nothing is planned for them until then."


def queue_for_review(
    stripe: pl.LazyFrame,
    netsuite: pl.LazyFrame,
    matches: pl.LazyFrame,
    proposed: pl.LazyFrame,
    *,
    plan: PlanSettings,
    where: str,
    decisions: pl.LazyFrame | None = None,
) -> pl.LazyFrame:
    """Collect the rows that wait for a person, the urgent ones first, and after them what persons have decided.

    Args:
        stripe: `schemas.customers.StripeCustomers`.
        netsuite: `schemas.customers.NetsuiteCustomers`.
        matches: `schemas.matches.Matches`; `guessed` too, where `with_unconfirmed` has added it.
        proposed: what a broken link may be replaced by (M9, X11): `assets.planning.suggestions.proposals`.
        where: how a person decides, in words (`schemas.review.where_decided`).
        plan: where ids are to be appended, so that one that cannot be waits here (W3), and whether pairs
            are planned that are doubted.
        decisions: those that stand (M8): `resources.ledger.Decisions.standing`.

    Returns:
        `schemas.review.ReviewQueue`.
    """
    decided = _NO_DECISIONS if decisions is None else in_words(decisions)
    lacking = {"doubt", "guessed"} - set(matches.collect_schema())
    matches = matches.with_columns(pl.lit(None, pl.String).alias(name) for name in sorted(lacking))
    advice = {outcome: text.format(where=where) for outcome, text in _WHAT_TO_DO.items()}
    is_planned = HAS_RECORD & plan.doubted
    is_to_be_made = (pl.col("outcome") == "unmatched") & pl.lit(plan.makes_each)
    beside_another = kinds_of(pl.col("doubt")).list.set_intersection(["near_miss", "equal_customer"]).list.len() > 0
    is_beside_new = beside_another & (pl.col("candidates") == 0)
    of_doubted = (
        pl.when(is_planned)
        .then(pl.lit(_IF_DOUBTED))
        .when(is_to_be_made & is_twin(pl.col("doubt")))
        .then(pl.lit(_IF_TWIN if plan.doubted else _IF_TWIN_HELD))
        .when(is_to_be_made & is_key_held(pl.col("doubt")))
        .then(pl.lit(_IF_KEY_IS_HELD))
        .when(is_to_be_made & is_beside_new)
        .then(pl.lit(_IF_NEW_BESIDE_NEW))
        .when(is_to_be_made)
        .then(pl.lit(_IF_NEW))
        .otherwise(pl.lit(_IF_HELD))
    )
    if_doubted = of_doubted.str.replace("{where}", where, literal=True)
    unwritten = left_out(stripe, netsuite, matches, plan)
    if_claimed = _IF_CLAIMED_OR_NEW if plan.makes_each else _IF_CLAIMED
    others = _Others(*(text.format(where=where) for text in (_IF_GUESSED, _IF_CHOSEN_IS_GONE, if_claimed)))
    waiting = _waiting(matches, unwritten, decided, advice, if_doubted, others).collect().lazy()
    who = waiting.select("stripe_customer_id").collect().to_series()
    customers = stripe.select("created", "email", "name", stripe_customer_id="id").filter(
        may_be_among(pl.col("stripe_customer_id"), who)
    )
    return (
        waiting.join(customers, on="stripe_customer_id")
        .join(_details(waiting, netsuite), on="stripe_customer_id", how="left")
        .join(proposed, on="stripe_customer_id", how="left")
        .sort("urgency", "stripe_customer_id")
        .with_columns(reason=pl.concat_str("reason", "proposed_because", separator="; ", ignore_nulls=True))
        .select(
            "stripe_customer_id", "outcome", "reason", "what_to_do", "created", "email", "name", "netsuite_internal_id",
            "candidates", "candidate_ids", "candidate_details", "proposed_internal_id", "proposed_evidence",
            "decided", "doubt",
        )
    )  # fmt: skip


def add_gone(queue: pl.LazyFrame, gone: pl.LazyFrame, netsuite: pl.LazyFrame, decisions: pl.LazyFrame) -> pl.LazyFrame:
    """Add to a queue the ids that records name and that are no customer's: what can wait the longest.

    Args:
        queue: `queue_for_review`.
        gone: `assets.planning.gone_customers.gone_customers`.
        netsuite: `schemas.customers.NetsuiteCustomers`.
        decisions: as `queue_for_review` takes them; one about such an id settles it.
    """
    rows = gone.join(_details(gone, netsuite), on="stripe_customer_id", how="left")
    known = rows.join(in_words(decisions), on="stripe_customer_id", how="left")
    is_decided = pl.col("decided").is_not_null()
    settled = known.with_columns(what_to_do=pl.when(is_decided).then(pl.lit(_DECIDED)).otherwise("what_to_do"))
    return pl.concat([queue, settled.sort(is_decided, "stripe_customer_id")], how="diagonal")


def still_waiting(queue: pl.DataFrame) -> pl.DataFrame:
    """The rows of a queue that still want something of a person; the others tell what one has decided."""
    return queue.filter(~pl.col("what_to_do").str.starts_with(NOTHING))


def decisions_in_words(queue: pl.DataFrame) -> list[str]:
    """What persons decided, a line for each customer of a queue that has a decision."""
    decided = queue.filter(pl.col("decided").is_not_null())
    return decided.select(pl.format("{}: {}", "stripe_customer_id", "decided")).to_series().to_list()


class _Others(NamedTuple):
    """What to do where the outcome alone does not say it."""

    if_guessed: str
    if_gone: str
    if_claimed: str


def _waiting(
    matches: pl.LazyFrame,
    unwritten: pl.LazyFrame,
    decided: pl.LazyFrame,
    advice: Mapping[str, str],
    if_doubted: pl.Expr,
    others: _Others,
) -> pl.LazyFrame:
    is_left_out, is_doubted = pl.col("obstacle").is_not_null(), pl.col("doubt").is_not_null()
    is_guessed = pl.col("guessed").is_not_null()
    is_lost = (pl.col("outcome") == "broken") & (pl.col("evidence") == "override")
    usual = pl.col("outcome").replace_strict(advice, default=None, return_dtype=pl.String)
    is_claimed = (pl.col("outcome") == "conflict") & ~pl.col("evidence").is_in(_BY_LINK)
    by_outcome = (
        pl.when(is_lost).then(pl.lit(others.if_gone)).when(is_claimed).then(pl.lit(others.if_claimed)).otherwise(usual)
    )
    what_to_do = pl.concat_str(
        by_outcome,
        pl.when(is_doubted & by_outcome.is_null()).then(if_doubted),
        pl.when(is_guessed & ~is_doubted & by_outcome.is_null()).then(pl.lit(others.if_guessed)),
        pl.col("by_hand"),
        separator=" ",
        ignore_nulls=True,
    )
    urgency = pl.col("outcome").replace_strict({outcome: at for at, outcome in enumerate(advice)}, default=None)
    # Few wait, and only they need be told why.
    spoken_of = pl.concat([unwritten.select("stripe_customer_id"), decided.select("stripe_customer_id")]).collect()
    may_be_one = may_be_among(pl.col("stripe_customer_id"), spoken_of.to_series())
    some = matches.filter(pl.col("outcome").is_in([*advice]) | is_doubted | is_guessed | may_be_one)
    return (
        some.join(unwritten.drop("netsuite_internal_id"), on="stripe_customer_id", how="left")
        .join(decided, on="stripe_customer_id", how="left")
        .filter(by_outcome.is_not_null() | is_left_out | is_doubted | is_guessed | pl.col("decided").is_not_null())
        .with_columns(
            pl.concat_str(
                "reason",
                "doubt",
                pl.format("written as a guess: {}", "guessed"),
                "obstacle",
                separator="; ",
                ignore_nulls=True,
            ).alias("reason"),
            pl.when(what_to_do == "").then(pl.lit(_DECIDED)).otherwise(what_to_do).alias("what_to_do"),
            pl.coalesce(urgency, pl.when(is_doubted | is_guessed).then(8), 9).alias("urgency"),
        )
        .drop("obstacle", "by_hand", "guessed")
    )


def in_words(decisions: pl.LazyFrame) -> pl.LazyFrame:
    """What was decided about each customer, by whom, when and why, in one text, `decided`."""
    is_link = pl.col("kind") == "link"
    others = pl.col("kind").replace_strict(_KINDS, default=None, return_dtype=pl.String)
    what = pl.when(is_link).then(pl.format("link to {}", "netsuite_internal_id")).otherwise(others)
    words = pl.format("{}: {}, {}: {}", what, "who", pl.col("decided_at").dt.strftime("%Y-%m-%d"), "why")
    return decisions.select("stripe_customer_id", words.alias("decided"))


def _details(waiting: pl.LazyFrame, netsuite: pl.LazyFrame) -> pl.LazyFrame:
    """Id, company and e-mail of the first candidates of each row, in one text."""
    shown = pl.col("candidate_ids").str.split(" ").list.head(_DETAILS_SHOWN).cast(pl.List(pl.Int64))
    told = waiting.drop_nulls("candidate_ids").select("stripe_customer_id", candidate=shown)
    candidates = told.explode("candidate").collect()
    is_candidate = pl.col("internal_id").is_in(candidates.get_column("candidate").unique().implode())
    records = netsuite.filter(is_candidate).select(
        pl.col("internal_id").alias("candidate"),
        pl.concat_str("internal_id", "company_name", "email", separator=", ", ignore_nulls=True).alias("text"),
    )
    return (
        candidates.lazy()
        .join(records, on="candidate")
        .sort("stripe_customer_id", "candidate")
        .group_by("stripe_customer_id")
        .agg(pl.col("text").str.join(" | ").alias("candidate_details"))
    )
