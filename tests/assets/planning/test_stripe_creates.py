"""For whom a Stripe customer is planned: who is unmatched, and has a value of their own to be found by (P2)."""

import polars as pl
import pytest

from assets.mapping.to_stripe import fitted
from assets.matching.to_stripe_settings import ToStripeSettings
from assets.planning.stripe_creates import plan_stripe_creates


@pytest.mark.rule("P2")
@pytest.mark.parametrize(
    ("path", "values", "made"),
    [
        ("email", ["a@x.example", "test@test.com", "N/A", None, "b@x.example, c@x.example"], [1]),
        ("metadata.crm", ["C-1", "unknown", "N/A", None, "C-2"], [1, 5]),
    ],
)
def test_nobody_is_made_for_a_value_of_nobody(path: str, values: list[str | None], made: list[int]) -> None:
    ids = [1, 2, 3, 4, 5]
    settings = ToStripeSettings(sync_path=path, creates=True)
    values_of = fitted(pl.LazyFrame({"internal_id": ids, path: values}), settings.no_value)
    found = pl.LazyFrame({"netsuite_internal_id": ids, "outcome": ["unmatched"] * 5})
    [creates] = plan_stripe_creates(values_of, pl.LazyFrame({"internal_id": ids}), found, [], settings)
    assert creates.select("new_value").collect().to_series().to_list() == [str(record) for record in made]
