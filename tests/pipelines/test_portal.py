"""The link to the customer portal in NetSuite records: planned, written, kept, taken back; over both stand-ins."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import polars as pl
import pytest
import requests
from rich.console import Console

from pipelines.portal_check import portal_is_checked
from sandbox.netsuite_standin import STANDARD_COLUMNS, Column, SavedSearch
from sandbox.netsuite_standin.world import PORTAL_LINK
from sandbox.portal import HMAC, STRIPE_KEY
from sandbox.stripe_standin import ApiKey
from tests.pipelines.api_world import FIELDS, Site, sentences, site

LABEL = "Stripe Portal Link"
TO_STRIPE = "customsearch_to_stripe"
SEARCHES = (
    SavedSearch(columns=(*STANDARD_COLUMNS, Column(PORTAL_LINK, LABEL, kind="url"))),
    SavedSearch(TO_STRIPE, (Column("internalid", kind="select"), Column("email", "email", kind="email"))),
)


@contextmanager
def world(folder: Path, **terms: object) -> Iterator[Site]:
    """Records 1 to 3 have the e-mail of a Stripe customer each; the portal is activated, and set up in NetSuite."""
    fields = {**FIELDS, "portal_link": LABEL}
    block = {"mass_search": TO_STRIPE, **terms}
    with site(folder, searches=SEARCHES, netsuite_fields=fields, to_stripe=block) as at:
        at.stripe.portal.saved = at.stripe.portal.login_page = True
        setup = at.netsuite.portal
        setup.secrets |= {HMAC: "signs", STRIPE_KEY: at.world.test_key}
        setup.elsewhere["https://api.stripe.com"] = at.service.url
        at.stripe.portal.address = at.service.url
        yield at


def held(at: Site) -> dict[int, object]:
    """What the field of each record holds."""
    return {number: customer.values.get(PORTAL_LINK) for number, customer in at.netsuite.customers.items()}


def planned(at: Site, plan: str) -> list[tuple[str, str | None, str]]:
    """The portal links of a plan: record, what it held, and the link."""
    rows = at.sync.plans.read(plan).filter(pl.col("field") == "portal_link")
    return rows.select("record_id", "old_value", "new_value").rows()


def warned(at: Site, check: str) -> str:
    """What a check of the links says; empty if it has nothing to say."""
    result = at.up_to("write_plan")
    assert result.success, sentences(result)
    [found] = [each for each in result.get_asset_check_evaluations() if each.check_name == check]
    return "" if found.passed else found.description or ""


def checked(at: Site) -> tuple[int, str]:
    """How `make check` ends, and what it says of the portal."""
    said = StringIO()
    ended = portal_is_checked(at.sync, Console(file=said, width=10_000))
    return ended, said.getvalue().strip()


@pytest.mark.rule("P7")
def test_linked_records_get_the_login_link_once_and_the_next_run_writes_none(tmp_path: Path) -> None:
    with world(tmp_path, portal="login_link") as at:
        plan = at.plan()
        link = f"{at.service.url}/p/login/test_standin"
        assert planned(at, plan) == [(str(number), None, link) for number in (1, 2, 3)]
        assert set(held(at).values()) == {None}
        result = at.apply(plan)
        assert result.success, sentences(result)
        assert held(at) == dict.fromkeys((1, 2, 3), link)
        assert at.metadata("netsuite_portal_links")["changes/applied"] == 3
        assert at.sync.plans.read(at.plan()).is_empty()
        undone = at.undo(plan)
        assert undone.success, sentences(undone)
        assert set(held(at).values()) <= {None, ""}


@pytest.mark.rule("P7")
def test_the_address_of_mail_is_filled_in_where_that_was_declared_and_a_new_one_is_written_anew(tmp_path: Path) -> None:
    with world(tmp_path, portal="login_link", portal_email=True) as at:
        plan = at.plan()
        link = f"{at.service.url}/p/login/test_standin?prefilled_email=n{{}}%40acme.example"
        assert planned(at, plan) == [(str(number), None, link.format(number)) for number in (1, 2, 3)]
        assert at.apply(plan).success
        at.stripe.put("cus_2", {"email": "new+2@acme.example"})
        [row] = planned(at, at.plan())
        assert row == (
            "2",
            link.format(2),
            f"{at.service.url}/p/login/test_standin?prefilled_email=new%2B2%40acme.example",
        )


@pytest.mark.rule("P7")
def test_a_signed_link_is_written_and_opens_the_portal_of_that_customer(tmp_path: Path) -> None:
    with world(tmp_path, portal="suitelet", portal_generation=2, portal_until="2099-12-31") as at:
        plan = at.plan()
        assert at.apply(plan).success
        opened = {number: requests.get(str(link), timeout=10).text for number, link in held(at).items()}
        assert all(f"Billing of cus_{number}" in page for number, page in opened.items())
        assert len(opened) == 3
        assert at.sync.plans.read(at.plan()).is_empty()


@pytest.mark.rule("P7")
def test_no_session_and_no_secret_is_in_any_file_or_event(tmp_path: Path) -> None:
    with world(tmp_path, portal="suitelet") as at:
        plan = at.reconcile()
        assert at.apply(plan).success
        for link in held(at).values():
            requests.get(str(link), timeout=10)
        sessions = list(at.stripe.portal.sessions)
        assert len(sessions) == 3
        kept = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
        for hidden in (*sessions, "signs", "/p/session/"):
            assert hidden.encode() not in kept


@pytest.mark.rule("P7")
@pytest.mark.parametrize("portal", ["login_link", "suitelet"])
def test_a_portal_that_is_not_activated_says_where_it_is_done_and_links_are_planned_without_it(
    tmp_path: Path, portal: str
) -> None:
    with world(tmp_path, portal=portal) as at:
        at.stripe.portal.saved = False
        said = "Stripe's customer portal is not activated: open Settings > Billing > Customer portal in the Stripe "
        assert f"{said}Dashboard in test mode" in warned(at, "portal_ready")
        plan = at.plan_hash()
        assert planned(at, plan) == []
        assert at.sync.plans.read(plan).height == 12
        ended, told = checked(at)
        assert (ended, told.startswith(f"✗ {said}")) == (1, True)


@pytest.mark.rule("P7")
def test_make_check_says_that_links_can_be_made(tmp_path: Path) -> None:
    with world(tmp_path / "a", portal="login_link") as at:
        assert checked(at) == (0, "✓ customer portal: Stripe's login page is activated.")
        at.stripe.portal.login_page = False
        ended, said = checked(at)
        assert (ended, "choose Activate link" in said) == (1, True)
    with world(tmp_path / "b", portal="suitelet") as at:
        assert checked(at) == (
            0,
            "✓ customer portal: the Suitelet's links can be made, its settings are saved in Stripe.",
        )
        at.netsuite.portal.online = False
        assert checked(at)[0] == 1
        assert warned(at, "portal_ready").startswith("No portal link is planned: ")
    with world(tmp_path / "c") as at:
        assert checked(at) == (0, "")


def test_the_suitelets_links_need_no_right_of_our_own_key(tmp_path: Path) -> None:
    with world(tmp_path, portal="suitelet") as at:
        key = at.world.add_key(ApiKey("rk_test_customers", permissions=frozenset({"customer_write", "event_read"})))
        again = at.redeclared(stripe={"api_key": key.secret})
        assert checked(again) == (
            0,
            "✓ customer portal: the Suitelet's links can be made, its settings could not be read with this key.",
        )


@pytest.mark.rule("W6")
def test_somebody_elses_address_stays_and_is_told(tmp_path: Path) -> None:
    with world(tmp_path, portal="login_link") as at:
        at.netsuite.edit(2, custentity_tieout_portal_link="https://acme.example/portal")
        assert "1 record holds an address that is not ours" in warned(at, "fields_free")
        assert [record for record, _, _ in planned(at, at.plan_hash())] == ["1", "3"]


def test_a_link_that_somebody_changed_after_the_plan_is_a_conflict_and_the_pair_is_linked(tmp_path: Path) -> None:
    with world(tmp_path, portal="login_link") as at:
        plan = at.plan()
        at.netsuite.edit(2, custentity_tieout_portal_link="https://acme.example/portal")
        at.apply(plan)
        statuses = at.statuses(plan)
        assert statuses["netsuite:2:portal_link"] == "conflict"
        assert statuses["stripe:cus_2:metadata.netsuite_customer_id"] == "applied"
        assert held(at)[2] == "https://acme.example/portal"


def test_a_stripe_that_cannot_be_asked_about_the_portal_holds_up_nothing_else(tmp_path: Path) -> None:
    with world(tmp_path, portal="suitelet") as at:
        del at.netsuite.portal.secrets[HMAC]
        assert "custsecret_tieout_portal_hmac" in warned(at, "portal_ready")
        assert at.sync.plans.read(at.plan_hash()).height == 12


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"portal": "login_link", "portal_until": "2027-12-31"}, "has no effect without portal: suitelet"),
        ({"portal": "suitelet", "portal_email": True}, "has no effect without portal: login_link"),
        ({"portal": "suitelet", "portal_until": "31.12.2027"}, "expected a day such as 2027-12-31"),
        ({"portal_generation": 2}, "has no effect without portal: suitelet"),
    ],
)
def test_terms_that_do_not_fit_are_a_sentence_at_load(tmp_path: Path, given: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said), world(tmp_path, **given):
        pass


def test_the_field_of_the_link_has_to_be_mapped(tmp_path: Path) -> None:
    block = {"mass_search": TO_STRIPE, "portal": "login_link"}
    with pytest.raises(ValueError, match="needs portal_link in netsuite_fields"), site(tmp_path, to_stripe=block):
        pass
