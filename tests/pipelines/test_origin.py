"""One name, other accounts or other columns: what was read, planned and approved before does not pass for new."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from sandbox.netsuite_standin import STRIPE_FIELD
from sandbox.stripe_standin.world import ApiKey
from tests.pipelines.api_world import FIELDS, MOMENT, Site, sentences, site

CHANGED = {"refresh": "changed"}


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as made:
        yield made


def how(at: Site) -> tuple[object, object]:
    """How the two extracts were read."""
    stripe, netsuite = (str(at.metadata(f"{side}_customers")["refresh"]).split()[0] for side in ("stripe", "netsuite"))
    return stripe, netsuite


def read(at: Site) -> None:
    result = at.up_to("stripe_customers", "netsuite_customers")
    assert result.success, sentences(result)


@pytest.mark.rule("M2", "W3")
@pytest.mark.parametrize("lacks", [("stripe_id", "stage"), ("comments",), ("external_id", "inactive"), ()])
def test_columns_that_are_mapped_anew_are_read_of_records_that_nobody_changed(at: Site, lacks: tuple[str, ...]) -> None:
    at.netsuite.insert(4, email="n4@acme.example", stage="LEAD", comments="a lead", isinactive=True, externalid="L4")
    at.netsuite.edit(3, **{STRIPE_FIELD: "cus_3"})
    less = {name: label for name, label in FIELDS.items() if name not in lacks}
    read(at.redeclared(netsuite=CHANGED, netsuite_fields=less))
    again = at.redeclared(netsuite=CHANGED)
    read(again)
    assert how(again)[1] == ("full" if lacks else "changed")
    frame = again.frame("netsuite_customers")
    read(at)
    assert how(at)[1] == "full"
    assert_frame_equal(frame, at.frame("netsuite_customers"))


@pytest.mark.rule("M2")
def test_label_that_is_changed_is_read_of_records_that_nobody_changed(at: Site) -> None:
    again = at.redeclared(netsuite=CHANGED)
    read(again.redeclared(netsuite_fields={**FIELDS, "email": "Company Name"}))
    read(again)
    emails = again.frame("netsuite_customers").get_column("email").to_list()
    assert emails == ["n1@acme.example", "n2@acme.example", "n3@acme.example"]


@pytest.mark.rule("D6")
def test_months_read_with_a_test_key_are_read_anew_with_a_live_one(at: Site) -> None:
    changed = at.redeclared(stripe=CHANGED)
    read(changed)
    read(changed)
    assert how(changed)[0] == "changed"
    at.world.book(livemode=True).load([("cus_live", MOMENT, {"email": "n1@acme.example"})])
    live = changed.redeclared(stripe={**CHANGED, "api_key": at.world.live_key})
    read(live)
    assert how(live)[0] == "full"
    assert live.frame("stripe_customers").select("id", "livemode").rows() == [("cus_live", True)]


@pytest.mark.rule("D6")
@pytest.mark.parametrize("customers", [["cus_other"], []])
def test_a_test_key_of_another_account_is_noticed_by_its_newest_customer(at: Site, customers: list[str]) -> None:
    """Nothing else tells two accounts of one mode apart, where the declaration does not name them."""
    changed = at.redeclared(stripe=CHANGED)
    read(changed)
    at.world.book("acct_other").load((customer, MOMENT, {"email": "n1@acme.example"}) for customer in customers)
    key = at.world.add_key(ApiKey("sk_test_other", "acct_other")).secret
    other = changed.redeclared(stripe={**CHANGED, "api_key": key})
    read(other)
    assert how(other)[0] == "full"
    assert other.frame("stripe_customers").get_column("id").to_list() == customers
    read(other)
    assert how(other)[0] == "changed"


@pytest.mark.rule("D6")
def test_months_of_a_test_key_are_missing_beside_one_of_a_live_key(at: Site) -> None:
    at.plan()
    at.world.book(livemode=True).load([("cus_live", MOMENT + 40 * 86_400, {"email": "n1@acme.example"})])
    live = at.redeclared(stripe={"api_key": at.world.live_key})
    assert live.materialize("stripe_customers", month="2026-02-01").success
    assert live.sync.months_missing()[:2] == ["2026-01", "2026-03"]
    assert "read from another account or with other columns: 2026-01, 2026-03, " in live.sync.months_elsewhere()
    assert live.materialize("netsuite_customers", "customer_matches").success
    assert live.frame("customer_matches").get_column("stripe_customer_id").to_list() == ["cus_live"]


@contextmanager
def moved(at: Site, **given: object) -> Iterator[Site]:
    """The declaration moved to another NetSuite account, with records of the same ids and e-mails."""
    with site(at.sync.folders.home.parent / "production") as other:
        there = other.sync.declaration.netsuite.model_dump(exclude_unset=True)
        yield replace(at.redeclared(netsuite={**there, **given}), netsuite=other.netsuite)


@pytest.mark.rule("D6")
def test_records_of_another_account_are_read_anew(at: Site) -> None:
    changed = at.redeclared(netsuite=CHANGED)
    read(changed)
    with moved(changed, **CHANGED) as production:
        production.netsuite.delete(1)
        read(production)
        assert how(production)[1] == "full"
        assert production.frame("netsuite_customers").get_column("internal_id").to_list() == [2, 3]


@pytest.mark.rule("D6", "X1")
@pytest.mark.parametrize("job", ["apply", "undo"])
def test_a_plan_for_one_account_is_none_for_another(at: Site, job: str) -> None:
    plan = at.plan()
    at.apply(plan, at_most=2)
    with moved(at) as production:
        [said] = sentences(getattr(production, job)(plan))
        assert said.startswith(f"There is no plan {plan} for the accounts that the declaration names; ")
        assert production.netsuite.saves == []
        assert production.approved() == set()


@pytest.mark.rule("D6", "W9")
def test_what_was_written_in_one_account_is_not_taken_for_written_in_another(at: Site) -> None:
    before, plan = at.links(), at.plan()
    assert at.apply(plan, system="netsuite").success
    with moved(at) as production:
        assert production.plan() == plan
        assert production.statuses(plan) == {}
        assert production.apply(plan, system="netsuite").success
        assert set(production.statuses(plan).values()) == {"applied"}
        assert production.links() == at.links()
        assert production.undo(plan).success
        assert production.links() == before
    assert at.links() != before
    assert at.undo(plan).success
    assert at.links() == before


@pytest.mark.rule("X9")
def test_an_approval_in_one_account_is_none_for_another(tmp_path: Path) -> None:
    with site(tmp_path, writes={"mode": "auto"}) as at:
        plan = at.plan()
        assert at.apply(plan, at_most=1).success
        with moved(at) as production:
            assert production.plan() == plan
            result = production.run("daily")
            stopped = [check for check in result.get_asset_check_evaluations() if not check.passed]
            assert "first_run_approved" in [check.check_name for check in stopped]
            assert production.netsuite.saves == []
