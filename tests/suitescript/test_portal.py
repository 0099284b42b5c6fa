"""The Suitelet that anybody can call: a right link opens the portal, and every other one gets the same answer."""

import re
from collections.abc import Iterator

import pytest

from sandbox.netsuite_standin import STRIPE_FIELD, Options, World
from sandbox.stripe_standin import ApiKey, Fault, StandInOptions, StripeStandIn, StripeWorld
from tests.suitescript.portal_world import (
    HMAC,
    NO_LINK,
    NOT_NOW,
    STRIPE_KEY,
    Visit,
    linked_world,
    links,
    signed,
    token_of,
)

NOON = 1_793_534_400.0  # 2026-11-01T12:00:00Z
PORTAL = "https://billing.stripe.com/p/session/test_"


@pytest.fixture(scope="module")
def running() -> Iterator[StripeStandIn]:
    world = StripeWorld()
    world.add_key(ApiKey("rk_test_portal", permissions=frozenset({"customer_portal_write"})))
    world.book().load((f"cus_{number}", 1_700_000_000, {}) for number in (7, 8, 9))
    with StripeStandIn(world, StandInOptions(endpoint_rate=None, test_rate=None)) as server:
        yield server


@pytest.fixture
def stripe(running: StripeStandIn) -> StripeStandIn:
    running.clear()
    running.world.book().portal.saved = True
    return running


@pytest.fixture
def world(stripe: StripeStandIn) -> World:
    return linked_world(stripe.url)


def sessions(stripe: StripeStandIn) -> list[str]:
    """Who got a session."""
    return [customer for customer, _ in stripe.world.book().portal.sessions.values()]


@pytest.mark.rule("P7")
def test_a_right_link_opens_a_new_session_at_every_click(world: World, stripe: StripeStandIn) -> None:
    [link] = links(world, 7)
    before = len(sessions(stripe))
    first, second = (Visit(world, token_of(link)) for _ in range(2))
    assert str(first.redirect).startswith(PORTAL)
    assert first.redirect != second.redirect
    assert sessions(stripe)[before:] == ["cus_7", "cus_7"]
    assert world.saves == []
    assert first.units <= 20


@pytest.mark.rule("P7")
def test_neither_the_session_nor_a_secret_is_logged(world: World, stripe: StripeStandIn) -> None:
    visits = [Visit(world, token_of(links(world, 7)[0]))]
    world.portal.redirects_out = False
    visits.append(Visit(world, token_of(links(world, 7)[0])))
    stripe.world.book().portal.saved = False
    visits.append(Visit(world, token_of(links(world, 7)[0])))
    logged = str([visit.logged for visit in visits])
    for hidden in ("/p/session", "test_", "cus_7", *world.portal.secrets.values()):
        assert hidden not in logged


OTHER_DAY = "2026-10-31"
RIGHT = signed("7", "1")
WRONG = {
    "nothing": None,
    "empty": "",
    "a word": "7",
    "forged": f"7.1.{'0' * 64}",
    "forged with another secret": signed("7", "1", secret="guessed"),
    "of another account": signed("7", "1", account="7654321"),
    "cut by one character": RIGHT[:-1],
    "cut to the name": RIGHT.rpartition(".")[0],
    "longer": f"{RIGHT}0",
    "much longer": RIGHT + "0" * 100_000,
    "in capitals": RIGHT.upper(),
    "of one customer replayed for another": RIGHT.replace("7.1.", "8.1."),
    "of another generation replayed": RIGHT.replace("7.1.", "7.2."),
    "of an older generation": signed("7", "0"),
    "with a day that was not signed": RIGHT.replace("7.1.", "7.1.2099-12-31."),
    "whose last day was taken out": signed("7", "1", OTHER_DAY).replace(f".{OTHER_DAY}", ""),
    "too old": signed("7", "1", OTHER_DAY),
    "whose signature is empty": "7.1.",
    "with other digits": signed("\u0667", "1"),
    "with a leading zero": signed("07", "1"),
    "of a list": ["7.1"],
    "of a customer without a Stripe id": signed("8", "1"),
    "of an inactive customer": signed("9", "1"),
    "of a customer who does not exist": signed("404", "1"),
}


@pytest.mark.rule("P7")
@pytest.mark.parametrize("token", WRONG.values(), ids=WRONG)
def test_every_link_that_opens_nothing_gets_one_and_the_same_answer(
    world: World, stripe: StripeStandIn, token: object
) -> None:
    visit, nothing = (Visit(world, one, options=Options(clock=lambda: NOON)) for one in (token, None))
    assert visit.redirect is None
    assert NO_LINK in visit.body
    assert (visit.body, visit.headers) == (nothing.body, nothing.headers)
    assert stripe.log == []


@pytest.mark.rule("P7")
def test_raising_the_lowest_generation_revokes_every_older_link(world: World) -> None:
    old, new = links(world, 7)[0], links(world, 7, generation=2)[0]
    world.portal.parameters["custscript_tieout_portal_generation"] = "2"
    assert NO_LINK in Visit(world, token_of(old)).body
    assert str(Visit(world, token_of(new)).redirect).startswith(PORTAL)


@pytest.mark.rule("P7")
def test_a_link_with_a_last_day_opens_on_that_day_and_not_on_the_next(world: World) -> None:
    [link] = links(world, 7, until="2026-11-01")
    opened = Visit(world, token_of(link), options=Options(clock=lambda: NOON))
    late = Visit(world, token_of(link), options=Options(clock=lambda: NOON + 86_400))
    assert str(opened.redirect).startswith(PORTAL)
    assert NO_LINK in late.body


def test_only_a_get_opens_anything(world: World) -> None:
    assert NO_LINK in Visit(world, token_of(links(world, 7)[0]), method="POST").body


@pytest.mark.parametrize("stripe_id", ["cus_7&customer=cus_8", "acct_7", "7", "cus_"])
def test_what_is_no_id_of_a_stripe_customer_opens_nothing(world: World, stripe: StripeStandIn, stripe_id: str) -> None:
    world.insert_values(10, {STRIPE_FIELD: stripe_id})
    assert NO_LINK in Visit(world, signed("10", "1")).body
    assert stripe.log == []


@pytest.mark.rule("P7")
def test_where_netsuite_sends_nobody_elsewhere_a_small_page_does(world: World) -> None:
    world.portal.redirects_out = False
    visit = Visit(world, token_of(links(world, 7)[0]))
    assert visit.redirect is None
    assert re.search(r'<meta http-equiv="refresh" content="0;url=https://billing\.stripe\.com/p/session/', visit.body)
    assert re.search(r'<a rel="noreferrer" href="https://billing\.stripe\.com/p/session/test_[^"<>]+">', visit.body)
    assert visit.headers == {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
    assert "<script" not in visit.body


def test_the_address_on_that_page_is_escaped(world: World, stripe: StripeStandIn) -> None:
    world.portal.redirects_out = False
    portal = stripe.world.book().portal
    portal.address = 'https://billing.stripe.com/"><script>alert(1)</script>'
    body = Visit(world, token_of(links(world, 7)[0])).body
    portal.address = "https://billing.stripe.com"
    assert "<script>" not in body
    assert "&quot;&gt;&lt;script&gt;" in body


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x"])
def test_a_session_that_is_no_page_opens_nothing(world: World, stripe: StripeStandIn, address: str) -> None:
    portal = stripe.world.book().portal
    portal.address = address
    visit = Visit(world, token_of(links(world, 7)[0]))
    portal.address = "https://billing.stripe.com"
    assert NOT_NOW in visit.body
    assert visit.redirect is None


def test_headers_that_netsuite_keeps_for_itself_do_not_spoil_the_answer(world: World) -> None:
    world.portal.keeps_headers = frozenset({"Cache-Control", "Referrer-Policy"})
    visit = Visit(world, None)
    assert NO_LINK in visit.body
    assert '<meta name="referrer" content="no-referrer">' in visit.body


@pytest.mark.rule("P7")
def test_a_portal_that_is_not_activated_tells_the_administrator_where_and_the_visitor_to_come_back(
    world: World, stripe: StripeStandIn
) -> None:
    stripe.world.book().portal.saved = False
    visit = Visit(world, token_of(links(world, 7)[0]))
    assert NOT_NOW in visit.body
    assert "stripe.com" not in visit.body
    [(level, text)] = visit.logged
    assert level == "error"
    assert text == (
        "The customer portal is not activated in test mode: in the Stripe Dashboard, in that mode, open Settings > "
        "Billing > Customer portal and save it."
    )


def test_a_key_without_the_permission_is_told_by_its_code_alone(world: World) -> None:
    world.portal.secrets[STRIPE_KEY] = "rk_test_unknown"
    visit = Visit(world, token_of(links(world, 7)[0]))
    assert NOT_NOW in visit.body
    [(level, text)] = visit.logged
    assert (level, text) == ("error", "Stripe made no session: status 401, invalid_request_error, undefined.")


@pytest.mark.parametrize("fault", [Fault(kind="server_error"), Fault(kind="reset")])
def test_a_stripe_that_cannot_be_asked_is_for_the_administrator_to_read(
    world: World, stripe: StripeStandIn, fault: Fault
) -> None:
    stripe.fault(fault)
    visit = Visit(world, token_of(links(world, 7)[0]))
    assert NOT_NOW in visit.body
    assert len(visit.logged) == 1


@pytest.mark.parametrize("missing", [HMAC, STRIPE_KEY])
def test_a_secret_that_is_missing_opens_nothing_and_is_logged(world: World, missing: str) -> None:
    [link] = links(world, 7)
    del world.portal.secrets[missing]
    visit = Visit(world, token_of(link))
    assert visit.redirect is None
    assert len(visit.logged) == 1


@pytest.mark.rule("P7")
def test_the_role_of_the_suitelet_needs_to_view_customers_and_nothing_more(world: World) -> None:
    [link] = links(world, 7)
    world.portal.permissions = {"LIST_CUSTJOB": 1}
    assert str(Visit(world, token_of(link)).redirect).startswith(PORTAL)
    world.portal.permissions = {}
    assert NO_LINK in Visit(world, token_of(link)).body


def test_another_field_may_hold_the_stripe_id(world: World) -> None:
    world.custom_fields.add("custentity_paypack")
    world.insert_values(11, {"custentity_paypack": "cus_8"})
    world.portal.parameters["custscript_tieout_portal_stripe_field"] = "custentity_paypack"
    assert str(Visit(world, signed("11", "1")).redirect).startswith(PORTAL)


@pytest.mark.parametrize("booleans", ["boolean", "letter"])
def test_an_active_customer_is_known_in_either_form_of_a_checkbox(world: World, booleans: str) -> None:
    options = Options(booleans="letter" if booleans == "letter" else "boolean")
    assert Visit(world, signed("7", "1"), options=options).redirect is not None
    assert Visit(world, signed("9", "1"), options=options).redirect is None
