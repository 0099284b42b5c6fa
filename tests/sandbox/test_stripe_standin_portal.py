"""The customer portal of the stand-in, asked over real HTTP, in the words and shapes of the service."""

from collections.abc import Iterator

import pytest
import requests
from stripe.billing_portal import Configuration, Session

from sandbox.stripe_standin import ApiKey, StandInOptions, StripeStandIn, StripeWorld

NOW = 1_700_000_000


class Clock:
    """A clock that a test sets."""

    now = NOW

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(clock: Clock) -> Iterator[StripeStandIn]:
    world = StripeWorld(clock=clock)
    world.add_key(ApiKey("rk_test_reader", permissions=frozenset({"customer_read"})))
    world.add_key(ApiKey("rk_test_portal", permissions=frozenset({"customer_portal_write"})))
    for livemode in (False, True):
        world.book(livemode=livemode).load([("cus_1", NOW - 9, {})])
    with StripeStandIn(world, StandInOptions(endpoint_rate=None, test_rate=None)) as running:
        world.book().portal.address = running.url
        yield running


def configurations(server: StripeStandIn, key: str = "sk_test_standin", **params: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {key}"}
    asked = {"is_default": "true", "active": "true", **params}
    return requests.get(f"{server.url}/v1/billing_portal/configurations", params=asked, headers=headers, timeout=5)


def session(server: StripeStandIn, key: str = "rk_test_portal", **params: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {key}"}
    return requests.post(f"{server.url}/v1/billing_portal/sessions", data=params, headers=headers, timeout=5)


def test_without_saved_settings_there_is_no_configuration(server: StripeStandIn) -> None:
    assert configurations(server).json()["data"] == []
    server.world.book().portal.saved = True
    [found] = configurations(server, key="rk_test_portal").json()["data"]
    assert set(found) == set(Configuration.__annotations__) - {"OBJECT_NAME"}
    assert found["login_page"] == {"enabled": False, "url": None}
    assert configurations(server, is_default="false").json()["data"] == []
    assert configurations(server, key="sk_live_standin").json()["data"] == []


def test_an_activated_login_page_has_an_address(server: StripeStandIn) -> None:
    server.world.book(livemode=True).portal.saved = server.world.book(livemode=True).portal.login_page = True
    [found] = configurations(server, key="sk_live_standin").json()["data"]
    assert found["login_page"] == {"enabled": True, "url": "https://billing.stripe.com/p/login/live_standin"}


@pytest.mark.parametrize(
    ("key", "mode", "path"), [("sk_test_standin", "test", "test/"), ("sk_live_standin", "live", "")]
)
def test_a_session_needs_saved_settings_in_the_mode_of_the_key(
    server: StripeStandIn, key: str, mode: str, path: str
) -> None:
    server.world.book(livemode=mode == "test").portal.saved = True  # of the other mode
    answer = session(server, key, customer="cus_1")
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["type"] == "invalid_request_error"
    assert error["message"] == (
        f"No configuration provided and your {mode} mode default configuration has not been created. Provide a "
        f"configuration or create your default by saving your customer portal settings in {mode} mode at "
        f"https://dashboard.stripe.com/{path}settings/billing/portal."
    )


def test_every_session_has_an_address_of_its_own_that_opens_for_five_minutes(
    server: StripeStandIn, clock: Clock
) -> None:
    server.world.book().portal.saved = True
    first, second = (session(server, customer="cus_1", return_url="https://a.example/").json() for _ in range(2))
    assert set(first) == set(Session.__annotations__) - {"OBJECT_NAME"}
    assert first["url"] != second["url"]
    assert "Billing of cus_1" in requests.get(first["url"], timeout=5).text
    clock.now += 301
    assert requests.get(first["url"], timeout=5).status_code == 404


def test_refusals_name_what_is_missing(server: StripeStandIn) -> None:
    server.world.book().portal.saved = True
    assert session(server).json()["error"]["code"] == "parameter_missing"
    gone = session(server, customer="cus_gone")
    assert (gone.status_code, gone.json()["error"]["param"]) == (400, "customer")
    forbidden = session(server, "rk_test_reader", customer="cus_1")
    assert forbidden.status_code == 403
    assert "Customer portal Write" in forbidden.json()["error"]["message"]
