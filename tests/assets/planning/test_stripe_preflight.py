"""What Stripe would refuse of new customers, and what it gets otherwise than NetSuite has it, is known beforehand."""

from collections.abc import Mapping
from typing import Final

import orjson
import polars as pl
import pytest

from assets.mapping.to_stripe import ToStripeSettings
from assets.planning.stripe_preflight import what_stripe_would_say

SETTINGS: Final = ToStripeSettings(creates=True)
NOBODY: Final = pl.LazyFrame(schema={"internal_id": pl.Int64(), "email": pl.String()})
UNMATCHED: Final = pl.LazyFrame({"netsuite_internal_id": [1, 2, 3], "outcome": ["unmatched", "unmatched", "linked"]})


def plan(*values: Mapping[str, object], reason: str = "no Stripe customer was found") -> pl.LazyFrame:
    return pl.LazyFrame(
        {
            "netsuite_internal_id": list(range(1, len(values) + 1)),
            "action": ["create"] * len(values),
            "system": ["stripe"] * len(values),
            "values": [orjson.dumps(given).decode() for given in values],
            "reason": [reason] * len(values),
        }
    )


@pytest.mark.parametrize(
    ("given", "row"),
    [
        ({"name": "x" * 257}, ("name", "name is longer than 256 characters")),
        ({"phone": "1" * 21}, ("phone", "phone is longer than 20 characters")),
        ({"shipping": {"name": "x" * 257}}, ("shipping.name", "shipping.name is longer than 256 characters")),
        ({"email": "a@b.example, c@d.example"}, ("email", "email is not one address")),
        ({"metadata": {"tier": "x" * 501}}, ("metadata.tier", "metadata.tier is longer than 500 characters")),
        ({"metadata": {str(n): "x" for n in range(51)}}, ("metadata", "metadata has more than 50 keys")),
    ],
)
def test_what_stripe_does_not_take_is_named(given: dict[str, object], row: tuple[str, str]) -> None:
    of, said = row
    fine = {"name": "x" * 256, "phone": "1" * 20, "email": "a@b.example", "metadata": {"tier": "x" * 500}}
    rows = what_stripe_would_say(plan(fine, given), NOBODY, UNMATCHED, SETTINGS)
    assert rows == [("some", of, f"{said}; 1 would be refused, for the records 2")]


def test_who_is_not_made_for_a_bad_address_is_counted_with_the_first_records() -> None:
    parameters = pl.LazyFrame({"internal_id": [1, 2, 3], "email": ["a b@c.example", "two", "bad too"]})
    [(weight, of, said)] = what_stripe_would_say(plan(), parameters, UNMATCHED, SETTINGS)
    assert (weight, of) == ("some", "email")
    assert said.endswith("; 2 are not made, for the records 1, 2")


def test_what_was_cut_or_left_out_is_counted_after_what_is_refused() -> None:
    notes = "no Stripe customer was found; name cut to 256 characters; phone left out: longer than 20 characters"
    rows = what_stripe_would_say(plan(*[{"name": "x"}] * 7, reason=notes), NOBODY, UNMATCHED, SETTINGS)
    many = "7 are made so, for the records 1, 2, 3, 4, 5 and others"
    assert rows == [
        ("cut", "name", f"name cut to 256 characters; {many}"),
        ("cut", "phone", f"phone left out: longer than 20 characters; {many}"),
    ]


def test_a_plan_that_makes_nobody_has_nothing_to_say() -> None:
    without = pl.LazyFrame({"netsuite_internal_id": [1], "action": ["set"], "system": ["stripe"], "reason": ["x; y"]})
    assert what_stripe_would_say(without, NOBODY, UNMATCHED, SETTINGS) == []
