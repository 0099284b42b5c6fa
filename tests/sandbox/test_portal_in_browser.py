"""A click on the portal link and a press of the button: a real browser, the stand-ins, and the shipped scripts."""

from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Browser, Page

from sandbox.netsuite_standin import NetsuiteStandIn, Options, World
from sandbox.netsuite_standin.world import PORTAL_LINK, SYNC_REQUEST
from sandbox.portal import connect
from sandbox.stripe_standin import StripeStandIn, StripeWorld
from tests.sandbox.netsuite import Asker


@pytest.fixture
def asker() -> Iterator[Asker]:
    stripe_world, world = StripeWorld(), World()
    stripe_world.book().load([("cus_7", 1_700_000_000, {})])
    world.insert_values(7, {"companyname": "Acme", "custentity_tieout_stripe_id": "cus_7"})
    with StripeStandIn(stripe_world) as stripe, NetsuiteStandIn(world, Options(concurrency=2)) as netsuite:
        connect(netsuite, stripe)
        asker = Asker(netsuite)
        with asker.session:
            yield asker


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


def link_of(asker: Asker) -> str:
    [link] = asker.ask("portal_links", ids=[7], generation=1)["links"]
    return str(link)


def mail_with(page: Page, link: str) -> None:
    """Show an e-mail that a template of NetSuite's would have filled with the link."""
    page.set_content(f'<p>Your invoice is due.</p><a href="{link.replace("&", "&amp;")}">Customer portal</a>')


@pytest.mark.rule("P7")
@pytest.mark.parametrize("redirects_out", [True, False])
def test_a_click_on_the_link_in_a_mail_opens_the_portal_of_that_customer(
    asker: Asker, page: Page, redirects_out: bool
) -> None:
    asker.server.world.portal.redirects_out = redirects_out
    referrers: list[str | None] = []
    page.on("request", lambda sent: referrers.append(sent.headers.get("referer")))
    for _ in range(2):  # a link does not wear out
        mail_with(page, link_of(asker))
        page.get_by_text("Customer portal").click()
        page.get_by_role("heading", name="Billing of cus_7").wait_for()
    assert "/p/session/test_" in page.url
    assert not any("t=7." in (referrer or "") for referrer in referrers)


@pytest.mark.rule("P7")
def test_a_forged_link_shows_a_sentence_and_asks_stripe_nothing(asker: Asker, page: Page) -> None:
    page.goto(link_of(asker).replace("t=7.", "t=8."))
    assert page.locator("p").inner_text().startswith("This link does not open a customer portal.")
    assert page.title() == "Customer portal"


@pytest.mark.rule("P5")
def test_the_button_on_the_page_of_a_customer_ticks_the_box(asker: Asker, page: Page) -> None:
    page.goto(f"{asker.server.url}/app/common/entity/custjob.nl?id=7")
    page.get_by_role("button", name="Sync with Stripe").click()
    page.locator("#custentity_tieout_sync_answer").wait_for()
    assert page.locator("#custentity_tieout_sync_answer").inner_text().startswith("Requested at 20")
    assert asker.server.world.value(7, SYNC_REQUEST) is True
    assert [request["id"] for request in asker.ask("sync_requests")["requests"]] == ["7"]


@pytest.mark.rule("P5")
def test_who_may_not_edit_the_customer_reads_why_nothing_was_asked_for(asker: Asker, page: Page) -> None:
    asker.server.world.portal.user_permissions = {"LIST_CUSTJOB": 1}
    page.goto(f"{asker.server.url}/app/common/entity/custjob.nl?id=7")
    page.get_by_role("button", name="Sync with Stripe").click()
    assert "The request could not be saved" in page.get_by_role("alert").inner_text()
    assert asker.server.world.value(7, SYNC_REQUEST) is None


def test_a_visitor_takes_a_place_in_the_pool_of_the_account(asker: Asker) -> None:
    asker.server.options = Options(concurrency=0)
    assert requests.get(link_of_full(asker), timeout=5, allow_redirects=False).status_code == 429


def link_of_full(asker: Asker) -> str:
    server = asker.server
    stamp = server.world.portal.stamp
    query = f"script=customscript_tieout_portal&deploy=customdeploy_tieout_portal&ns-at={stamp}&t=7.1.0"
    return f"{server.url}/app/site/hosting/scriptlet.nl?{query}"


def test_an_address_with_another_stamp_or_of_a_portal_that_is_off_is_none(asker: Asker) -> None:
    link = link_of(asker)
    setup = asker.server.world.portal
    assert requests.get(link, timeout=5, allow_redirects=False).status_code == 302
    setup.stamp = "AAnother"
    assert requests.get(link, timeout=5).status_code == 404
    setup.stamp, setup.online = "AAEJ7tMQstandinstamp", False
    assert requests.get(link, timeout=5).status_code == 404
    assert asker.server.world.value(7, PORTAL_LINK) is None
