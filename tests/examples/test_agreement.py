"""The product and a naive reading of the rules agree on every customer of the example files."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from assets.matching import MatchSettings, Rule, match_customers
from resources.netsuite_export import read_netsuite_export
from resources.stripe_export import read_stripe_export
from schemas.matches import Overrides
from schemas.words import MATCH_KEYS
from tests.examples import oracle

EXAMPLES = Path(__file__).parents[2] / "examples"
STRIPE, NETSUITE = EXAMPLES / "stripe_customers.csv", EXAMPLES / "netsuite_customers.csv"
LABELS = {
    "internal_id": "Internal ID",
    "external_id": "External ID",
    "stripe_id": "Stripe Customer Id",
    "comments": "Comments",
    "email": "Email",
    "company_name": "Company Name",
    "phone": "Phone",
    "stage": "Stage",
    "inactive": "Inactive",
}
SETTINGS = MatchSettings((Rule("email", "email"), Rule("name", "company_name")))


@pytest.mark.rule("D7")
def test_every_customer_of_the_examples_ends_as_the_rules_say() -> None:
    since, until = datetime(2019, 5, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
    stripe = read_stripe_export(STRIPE, since=since, until=until, metadata_keys=MATCH_KEYS).frame
    netsuite = read_netsuite_export(NETSUITE, LABELS).frame
    matches = match_customers(stripe.lazy(), netsuite.lazy(), Overrides.empty().lazy(), SETTINGS).collect()
    assert _verdicts(matches) == oracle.verdicts(oracle.read(STRIPE), oracle.read(NETSUITE))


def _verdicts(matches: pl.DataFrame) -> dict[str, oracle.Verdict]:
    columns = matches.select("stripe_customer_id", "outcome", "evidence", "candidate_ids")
    return {
        customer: oracle.Verdict(outcome, evidence, tuple(int(i) for i in (ids or "").split()))
        for customer, outcome, evidence, ids in columns.iter_rows()
    }
