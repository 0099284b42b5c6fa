"""Which plans were made, and which of them an approval meant."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from assets.plan_history import History, PlanMade, PlanNumbers, approved, plans_made
from schemas.errors import UserError
from tests.reconciling import Site, declaration, site_at

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with site_at(tmp_path, declaration()) as made:
        yield made


def at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


def made(plan: str, minute: int) -> PlanMade:
    return PlanMade(plan, at(minute), f"run {minute}", PlanNumbers(changes=minute))


def history(site: Site) -> History:
    return History.read(site.sync.name, plans_made(site.instance, site.sync), [])


def reported_by_hand(site: Site, *plans: str | None, accounts: str = "") -> None:
    for plan in plans:
        said: dict[str, str | int] = {"accounts": accounts or site.sync.accounts, "changes": 7}
        metadata = {"plan_hash": plan, **said} if plan else {}
        site.instance.report_runless_asset_event(
            dg.AssetMaterialization(site.sync.key("write_plan"), metadata=metadata)
        )


@pytest.mark.rule("X1")
@pytest.mark.parametrize(
    ("approvals", "minutes"),
    [
        ([], []),
        ([("a", 5)], []),
        ([("a", 10)], [10]),
        ([("a", 25), ("a", 29)], [10]),
        ([("a", 31)], [30]),
        ([("a", 31), ("b", 22), ("a", 12)], [30, 20, 10]),
        ([("c", 31)], []),
    ],
)
def test_an_approval_means_the_newest_plan_of_its_hash_at_that_moment(
    approvals: list[tuple[str, int]], minutes: list[int]
) -> None:
    plans = [made("a", 30), made("b", 20), made("a", 10)]
    found = approved(plans, [(plan, at(minute)) for plan, minute in approvals])
    assert list(found) == [plan for plan in plans if plan.numbers.changes in minutes]


def test_plans_are_found_newest_first_however_many_there_are(site: Site) -> None:
    names = [f"{number:064}" for number in range(250)]
    reported_by_hand(site, *names)
    assert [plan.plan for plan in plans_made(site.instance, site.sync)] == names[::-1]
    assert history(site).newest.numbers == PlanNumbers(changes=7)


def test_a_materialization_that_made_no_plan_is_left_out(site: Site) -> None:
    reported_by_hand(site, None, "a" * 64, None)
    assert [plan.plan for plan in plans_made(site.instance, site.sync)] == ["a" * 64]


@pytest.mark.rule("D6")
def test_plans_for_other_accounts_are_left_out(site: Site) -> None:
    reported_by_hand(site, "a" * 64)
    reported_by_hand(site, "b" * 64, accounts="0" * 16)
    assert [plan.plan for plan in plans_made(site.instance, site.sync)] == ["a" * 64]


def test_without_a_plan_a_person_is_told_how_to_make_one(site: Site) -> None:
    reported_by_hand(site, None)
    with pytest.raises(UserError, match="acme has no plan yet; start acme_reconcile"):
        history(site)


def test_a_report_after_a_materialization_by_hand_names_the_plan_that_lies_beside_it(site: Site) -> None:
    """The hash to approve is that of the frame, whatever was reported last."""
    site.reconcile()
    plan = site.plan_hash()
    reported_by_hand(site, None)
    assert site.materialize("reconciliation_report").success
    assert plan in (site.results / "report.html").read_text("utf-8")
    reported_by_hand(site, "f" * 64)
    assert site.materialize("reconciliation_report").success
    assert plan in (site.results / "report.html").read_text("utf-8")
