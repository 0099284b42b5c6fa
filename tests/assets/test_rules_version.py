"""A change of what is matched or planned comes with a new version of the rules: replays name it as the reason (X12)."""

from pathlib import Path

import pytest

from assets.rules_version import RULES_VERSION
from tests.assets.matching.small_worlds import customer, record, world
from tests.assets.replay.kept_worlds import declared, opened, run

PLANS = dict.fromkeys(range(1, 20), "2a805aa97a70edf71c0869814e7ac570f93898b471b790eccb8bd0db872607ed")
"""Of each version that there ever was, the hash of the plan of the world below; a new version is a new line."""

WORLD = world(
    customer("cus_1", email="A@acme.example", name="Acme"),
    customer("cus_12", minute=1, email="a@acme.example", name="Straße"),
    customer("cus_3", minute=2, name="STRASSE"),
    customer("cus_4", minute=3, email="shared@acme.example"),
    customer("cus_5", minute=4, metadata_netsuite_customer_id="4"),
    customer("cus_6", minute=5, metadata_netsuite_customer_id="99"),
    customer("cus_7", minute=6, metadata_netsuite_block_integration="true"),
    customer("cus_8", minute=7, email="n/a", name="nobody"),
    record(1, email="a@acme.example ", comments="pays late"),
    record(2, company_name="strasse", external_id="cus_12"),
    record(3, email="shared@acme.example"),
    record(4, email="shared@acme.example", stripe_id="cus_3"),
    record(5, comments="see cus_4 (old)"),
    record(6, email="N/A", inactive=True),
    record(7, company_name="Acme", is_customer=False),
    cus_8=6,
)


@pytest.mark.rule("X12")
def test_the_plan_of_this_world_is_that_of_this_version_of_the_rules(tmp_path: Path) -> None:
    plan = run(opened(tmp_path, declared()), WORLD)
    assert PLANS[RULES_VERSION] == plan, "raise RULES_VERSION, and add the hash of the new version to PLANS"
    assert max(PLANS) == RULES_VERSION
