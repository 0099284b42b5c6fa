"""Holding a plan that is kept as pairs against the model of its rows, without making rows of it."""

import polars as pl

from schemas.link_fields import LinkField
from schemas.pair_texts import CUSTOMER, RECORD_ID, is_changed
from schemas.paired_plan import PairedPlan
from schemas.plan import Plan
from schemas.repeated import are_distinct, are_rising
from schemas.validation import Violation, violations


def violations_of(plan: PairedPlan) -> list[Violation]:
    """Everything in a plan that breaks its model, as `violations` finds it in its rows.

    What is made of pairs follows the model if no id is there twice; only where that is not proved are rows made of it.
    """
    if plan.pairs is None or not _follows_the_model(plan, plan.pairs):
        return violations(Plan, plan.lazy().collect(), "change_id")
    return violations(Plan, plan.others, "change_id") if plan.others.height else []


def _follows_the_model(plan: PairedPlan, pairs: pl.DataFrame) -> bool:
    if any(pairs.select(pl.col(CUSTOMER, RECORD_ID, "evidence").null_count()).row(0)):
        return False
    if plan.others.height:
        return are_distinct(plan.lazy().select("change_id").collect().to_series())
    records = (pairs.filter(is_changed(field)).get_column(RECORD_ID) for field in plan.fields if _is_of_record(field))
    return are_distinct(pairs.get_column(CUSTOMER)) and all(are_rising(each) or are_distinct(each) for each in records)


def _is_of_record(field: LinkField) -> bool:
    """Whether a record has one change of a field, and not one for each customer."""
    return field.system == "netsuite" and field.action == "set"
