"""What somebody has put into a customer's metadata between plan and apply keeps NetSuite from being linked across."""

from pathlib import Path
from typing import Any

import pytest

from tests.pipelines.api_world import sentences, site

FIELDS = ("comments:cus_1", "external_id", "stripe_id")
NOTHING = (None, None, "VIP")
LINKED = ("cus_1", "cus_1", "VIP\ncus_1")


@pytest.mark.rule("W8")
@pytest.mark.rule("C2")
@pytest.mark.parametrize(
    ("metadata", "found", "record"),
    [
        ({"netsuite_customer_id": "3"}, "metadata: netsuite_customer_id is 3", NOTHING),
        ({"netsuite_customer_id": "Acme"}, "metadata: netsuite_customer_id is Acme", NOTHING),
        ({"netsuite_block_integration": "true"}, "metadata: netsuite_block_integration is true", NOTHING),
        ({"netsuite_customer_id": " \u200e1\u200b "}, None, LINKED),
        ({"netsuite_customer_id": "n/a"}, None, LINKED),
        ({"netsuite_block_integration": "false"}, None, LINKED),
    ],
)
def test_a_record_is_not_linked_to_who_names_another_or_is_held_back_since_the_plan(
    tmp_path: Path, metadata: dict[str, Any], found: str | None, record: tuple[str | None, ...]
) -> None:
    with site(tmp_path) as at:
        plan = at.plan()
        at.stripe.update("cus_1", {"metadata": metadata})
        result = at.apply(plan)
        assert result.success, sentences(result)
        outcomes = dict(at.result("outcomes.csv").select("change_id", "found").rows())
        assert [outcomes[f"netsuite:1:{field}"] for field in FIELDS] == [found] * 3
        assert at.links()["1"] == record
        assert at.links()["2"] == ("cus_2", "cus_2", "cus_2")


@pytest.mark.rule("M8")
def test_a_person_links_whoever_names_another_record(tmp_path: Path) -> None:
    with site(tmp_path) as at:
        at.stripe.update("cus_1", {"metadata": {"netsuite_customer_id": "2"}})
        at.plan()
        assert at.override("cus_1", "3").success
        plan = at.plan()
        assert at.apply(plan).success
        assert "conflict" not in at.statuses(plan).values()
        assert at.links()["cus_1"] == ("3",)
        assert "cus_1" in str(at.links()["3"][2])
