"""What a person decided about one customer, against all other evidence."""

import pytest

from tests.assets.matching.oracle import Verdict
from tests.assets.matching.small_worlds import customer, record, verdict_of, world


@pytest.mark.rule("M8")
def test_an_override_links_against_all_other_evidence() -> None:
    evidence = record(8, email="a", stripe_id="cus_1")
    small = world(customer(email="a", metadata_netsuite_customer_id="8"), record(7), evidence, cus_1=7)
    assert verdict_of(small) == Verdict(
        "cus_1", "matched", 7, "override", 1, "7", "override: a person chose this record"
    )


@pytest.mark.rule("M8")
def test_an_override_to_a_vanished_record_is_broken() -> None:
    small = world(customer(email="a"), record(8, email="a"), cus_1=7)
    reason = "override: a person chose record 7, and NetSuite has no such customer"
    assert verdict_of(small) == Verdict("cus_1", "broken", evidence="override", reason=reason)


@pytest.mark.rule("M8")
def test_an_override_can_forbid_any_link() -> None:
    small = world(customer(metadata_netsuite_customer_id="8"), record(8, stripe_id="cus_1"), cus_1=None, cus_9=8)
    reason = "override: a person said never to link this customer"
    assert verdict_of(small) == Verdict("cus_1", "held", evidence="override", reason=reason)
