"""Parameters that are kept in Stripe as NetSuite has them: a change for what differs, and for nothing else (P3)."""

from collections.abc import Mapping

import polars as pl
import pytest

from assets.mapping.to_stripe import fitted
from assets.matching.to_stripe_settings import ToStripeSettings
from assets.no_values import PLACEHOLDERS
from assets.planning.stripe_fields import plan_fields

PAIRS = pl.LazyFrame({"stripe_customer_id": ["cus_1"], "netsuite_internal_id": [7]})
OWN = ("id", "name", "description", "email")
Values = Mapping[str, str | None]


def planned(netsuite: Values, stripe: Values, settings: ToStripeSettings) -> list[tuple[object, ...]]:
    """Field, old and new value of each change."""
    texts = {name: [value] for name, value in netsuite.items()}
    rows = pl.LazyFrame({"internal_id": [7], **texts}, schema_overrides=dict.fromkeys(netsuite, pl.String))
    theirs = {"id": "cus_1", **dict.fromkeys((*OWN[1:], *settings.kept)), **stripe}
    customers = pl.LazyFrame([theirs], schema=dict.fromkeys(theirs, pl.String))
    parts = plan_fields(fitted(rows, PLACEHOLDERS), customers, PAIRS, settings)
    return pl.concat(parts).select("field", "old_value", "new_value").collect().rows() if parts else []


@pytest.mark.rule("P3")
@pytest.mark.parametrize(
    ("path", "ours", "theirs", "changes"),
    [
        ("name", "New", "Old", [("name", "Old", "New")]),
        ("name", "New", None, [("name", None, "New")]),
        ("name", "Same", " Same ", []),
        ("name", None, "Old", []),
        ("name", "N/A", "Old", []),
        ("name", "x" * 300, "x" * 256, []),
        ("phone", "1" * 21, "123", []),
        ("email", "two@x.example, three@x.example", "one@x.example", []),
        ("address.country", "Germany", "DE", []),
        ("metadata.tier", "gold", "silver", [("metadata.tier", "silver", "gold")]),
    ],
)
def test_what_differs_is_set_and_a_blank_changes_nothing(
    path: str, ours: str | None, theirs: str | None, changes: list[tuple[object, ...]]
) -> None:
    assert planned({path: ours}, {path: theirs}, ToStripeSettings(kept=(path,))) == changes


def test_a_parameter_that_no_column_feeds_is_left_alone() -> None:
    assert planned({"name": "New"}, {"phone": "1"}, ToStripeSettings(kept=("phone",))) == []


@pytest.mark.parametrize(("theirs", "changes"), [("Old", [("description", "Old", "")]), (None, []), ("", [])])
def test_a_blank_clears_what_it_is_told_to(theirs: str | None, changes: list[tuple[object, ...]]) -> None:
    settings = ToStripeSettings(kept=("description",), cleared=frozenset({"description"}))
    assert planned({"description": " "}, {"description": theirs}, settings) == changes


def test_what_did_not_fit_clears_nothing() -> None:
    settings = ToStripeSettings(kept=("metadata.k",), cleared=frozenset({"metadata.k"}))
    assert planned({"metadata.k": "x" * 501}, {"metadata.k": "old"}, settings) == []


@pytest.mark.parametrize(
    ("path", "ours", "stripe", "goes"),
    [
        ("name", "Only a description", {"description": "Only a description"}, False),
        ("name", "a@x.example", {"email": "a@x.example"}, False),
        ("name", "cus_1", {}, False),
        ("name", "x" * 83, {"name": "x" * 200}, False),
        ("name", "Acme", {"name": "Acme GmbH"}, True),
        ("name", "Other", {"name": "Acme GmbH"}, True),
    ],
)
def test_what_came_from_stripe_does_not_go_back(path: str, ours: str, stripe: Values, goes: bool) -> None:
    both = ToStripeSettings(kept=(path,), goes_back=True)
    assert bool(planned({path: ours}, stripe, both)) is goes
    assert planned({path: ours}, stripe, ToStripeSettings(kept=(path,)))
