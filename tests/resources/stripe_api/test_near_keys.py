"""A metadata key that is nearly one of ours is not read, and said so, whoever reads it and however often."""

from collections.abc import Mapping

import polars as pl
import pytest

from resources.extracts.extract import Extract, Known
from resources.extracts.near_keys import key_meant_by
from resources.stripe_api.reading.near_keys import unread_keys
from resources.stripe_api.reading.reader import StripeApiReader
from schemas.declaration.sources import StripeSource
from schemas.words import ALLOW_KEY, BLOCK_KEY, LINK_KEY, MATCH_KEYS, NEAR_KEYS
from tests.resources.stripe_api.stripe_world import Stage, stage


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Netsuite_Customer_ID", LINK_KEY),
        ("netsuite customer id", LINK_KEY),
        ("netsuite-customer-id ", LINK_KEY),
        ("NetsuiteCustomerId", LINK_KEY),
        ("netsuite_block_intergration", BLOCK_KEY),
        ("NETSUITE_BLOCK_INTEGRATION", BLOCK_KEY),
        ("netsuite-allow", ALLOW_KEY),
        ("nеtsuite_allow_integration", ALLOW_KEY),  # with a Cyrillic letter
        ("customer_id", None),
        ("netsuite_internal_id", LINK_KEY),
        ("netsuite_custmer_id", LINK_KEY),
        ("netsuite_url", LINK_KEY),
        ("netsuite_customer_link", LINK_KEY),
        ("custentity_netsuite_id", LINK_KEY),
        ("subscription_netsuite_customer_id", LINK_KEY),
        ("parent_netsuite_customer_id", None),
        ("netsuite_sync_status", None),
        ("tier", None),
        *((key, None) for key in MATCH_KEYS),
    ],
)
def test_a_key_of_ours_is_told_by_its_letters_and_a_flag_by_what_it_means(name: str, key: str | None) -> None:
    assert key_meant_by(name) == key


def read(at: Stage, known: Known | None = None, keys: tuple[str, ...] = MATCH_KEYS) -> Extract:
    source = StripeSource(api_key=at.server.world.test_key, base_url=at.server.url, since="2023-01", refresh="changed")
    reader = StripeApiReader(source, keys)
    return reader.customers(source.first_month, at.moment(1), known, lambda _: None)


def have(at: Stage, **metadata: Mapping[str, str]) -> None:
    for name, pairs in metadata.items():
        at.book.create({"metadata": dict(pairs)}, customer_id=name)


def test_each_key_is_told_with_its_customers_the_most_frequent_first() -> None:
    with stage() as at:
        have(
            at,
            cus_1={"Netsuite_Customer_Id": "7", "tier": "gold"},
            cus_2={"netsuite-block": "yes", "Netsuite_Customer_Id": "8"},
            cus_3={LINK_KEY: "9", "tier": "gold"},
            cus_4={},
        )
        two, one = read(at).unseen_links
        assert two == (
            "2 customers have the metadata key 'Netsuite_Customer_Id', which is not read: the key is "
            "'netsuite_customer_id'; if that is it, correct the key in Stripe. Until then nobody who "
            "has it gets a new record, and what a rule finds for them is a doubt."
        )
        assert one.startswith("1 customer has the metadata key 'netsuite-block', which is not read: the key is 'netsu")


def test_a_key_that_a_rule_reads_is_no_oversight() -> None:
    with stage() as at:
        have(at, cus_1={"Netsuite_Customer_Id": "7"})
        assert read(at, keys=(*MATCH_KEYS, "Netsuite_Customer_Id")).unseen_links == ()


def test_a_read_of_what_has_changed_forgets_no_key_and_keeps_none_that_is_gone() -> None:
    with stage() as at:
        have(at, cus_1={"Netsuite_Customer_Id": "7"}, cus_2={"netsuite-block": "yes"})
        first = read(at)
        known = Known(first.frame, at.moment(1))
        at.clock.now += 600
        have(at, cus_3={})
        again = read(at, known)
        assert again.notes["refresh"] == "changed"
        assert again.unseen_links == first.unseen_links
        at.book.update("cus_1", {"metadata": {"Netsuite_Customer_Id": "", LINK_KEY: "7"}})
        [left] = read(at, known).unseen_links
        assert "'netsuite-block'" in left


def test_many_keys_are_told_by_their_number() -> None:
    keys = [f"netsuite block {number}" for number in range(13)]
    said = unread_keys(pl.LazyFrame({NEAR_KEYS: [None, "\n".join(keys)]}))
    assert len(said) == 11
    assert said[-1].startswith("So have 3 keys more")
