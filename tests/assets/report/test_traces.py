"""A linked customer leaves a trace where a link field or a planned change of its own record names it, only there."""

import polars as pl
import pytest

from assets.report.traces import without_traces
from schemas.paired_plan import PairedPlan

SAID = {1: "1 linked customer leaves no trace", 2: "2 linked customers leave no trace"}
NETSUITE = pl.DataFrame({"internal_id": [1, 2, 3]})
PAIRS = {"stripe_customer_id": pl.String, "netsuite_internal_id": pl.Int64}
MATCHES = pl.DataFrame(
    [("cus_1", 1, "linked"), ("cus_2", 2, "linked"), ("cus_3", 2, "matched"), ("cus_4", 9, "linked")],
    schema={**PAIRS, "outcome": pl.String},
    orient="row",
).with_columns(evidence=pl.lit("metadata"))
PLAN = {"system": pl.String, "field": pl.String, **PAIRS, "action": pl.String}
LINKS = pl.DataFrame(
    [("cus_1", 1, "external_id"), ("cus_2", 2, "metadata")], schema={**PAIRS, "source": pl.String}, orient="row"
)


@pytest.mark.rule("W5")
@pytest.mark.parametrize(
    ("planned", "count"),
    [
        ([("netsuite", "comments", "cus_2", 2), ("netsuite", "comments", "cus_3", 2)], 0),
        ([("netsuite", "stripe_id", "cus_2", 2)], 1),
        ([("netsuite", "comments", "cus_2", 3), ("netsuite", "stripe_id", "cus_3", 2)], 1),
        ([("stripe", "metadata.netsuite_customer_id", "cus_2", 2)], 2),
    ],
)
def test_customers_without_a_trace_are_counted(planned: list[tuple[str, str, str, int]], count: int) -> None:
    plan = PairedPlan(first=pl.DataFrame([(*row, "set") for row in planned], schema=PLAN, orient="row"))
    said = without_traces(NETSUITE.lazy(), LINKS.lazy(), MATCHES.lazy(), plan)
    assert said.startswith(SAID[count]) if count else not said


@pytest.mark.rule("W5")
@pytest.mark.parametrize(("is_held", "count"), [(True, 1), (False, 2)])
def test_a_doubted_pair_that_is_kept_out_of_the_plan_is_not_meant(is_held: bool, count: int) -> None:
    doubted = MATCHES.with_columns(doubt=pl.Series([None, None, "rules_differ: x", None]))
    said = without_traces(NETSUITE.lazy(), LINKS.lazy(), doubted.lazy(), PairedPlan(), is_held=is_held)
    assert said.startswith(SAID[count])
