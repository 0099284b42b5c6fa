"""The product and a naive reading of the rules agree on every customer of the example files."""

from dataclasses import asdict
from datetime import UTC, datetime

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from assets.matching import by_customer, match_customers
from resources.exports.netsuite import read_netsuite_export
from resources.exports.stripe import read_stripe_export
from schemas.matches import Overrides
from schemas.words import MATCH_KEYS
from tests.assets.matching.oracle import verdicts
from tests.examples.rows import NETSUITE, SETTINGS, STRIPE, world
from tests.labels import LABELS


@pytest.mark.rule("D7")
def test_every_customer_of_the_examples_ends_as_the_rules_say() -> None:
    since, until = datetime(2019, 5, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
    stripe = read_stripe_export(STRIPE, since=since, until=until, metadata_keys=MATCH_KEYS).frame
    netsuite = read_netsuite_export(NETSUITE, LABELS).frame
    matches = by_customer(match_customers(stripe.lazy(), netsuite.lazy(), Overrides.empty().lazy(), SETTINGS).collect())
    expected = pl.DataFrame([asdict(verdict) for verdict in verdicts(world())], matches.schema)
    assert_frame_equal(matches, expected)
