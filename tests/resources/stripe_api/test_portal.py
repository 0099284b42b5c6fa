"""Whether the portal was activated is asked in the mode of the key, and a sentence says where it is done."""

import pytest

from resources.stripe_api.reading.portal import PortalNotActivatedError, portal_page
from sandbox.stripe_standin import ApiKey, Fault
from schemas.errors import AccessError, TransientError
from tests.resources.stripe_api.stripe_world import Stage, stage


@pytest.mark.rule("P7")
@pytest.mark.parametrize(("mode", "path"), [("test", "test/"), ("live", "")])
def test_a_portal_whose_settings_nobody_saved_says_where_to_save_them_in_the_mode_of_the_key(
    mode: str, path: str
) -> None:
    with stage(api_key=f"sk_{mode}_standin") as at:
        at.server.world.book(livemode=mode == "test").portal.saved = True  # of the other mode
        page = portal_page(at.connection)
    with pytest.raises(PortalNotActivatedError) as refused:
        page.needs_settings()
    assert str(refused.value) == (
        "Stripe's customer portal is not activated: open Settings > Billing > Customer portal in the Stripe Dashboard "
        f"in {mode} mode (https://dashboard.stripe.com/{path}settings/billing/portal) and save it."
    )
    with pytest.raises(PortalNotActivatedError):
        page.needs_login()


@pytest.mark.rule("P7")
def test_a_login_page_has_an_address_once_its_link_is_activated(at: Stage) -> None:
    at.book.portal.saved = True
    page = portal_page(at.connection)
    page.needs_settings()
    with pytest.raises(PortalNotActivatedError, match="choose Activate link"):
        page.needs_login()
    at.book.portal.login_page = True
    assert portal_page(at.connection).needs_login() == "https://billing.stripe.com/p/login/test_standin"


def test_a_key_that_may_not_read_the_portal_is_told_which_permission_it_lacks() -> None:
    with stage(api_key="rk_test_customers") as at:
        at.server.world.add_key(ApiKey("rk_test_customers", permissions=frozenset({"customer_read"})))
        with pytest.raises(AccessError, match="Customer portal: Read"):
            portal_page(at.connection)


def test_a_stripe_that_cannot_be_asked_is_not_a_portal_that_is_not_activated() -> None:
    with stage(retry_seconds=1) as at:
        at.server.fault(Fault(kind="server_error", times=None))
        with pytest.raises(TransientError):
            portal_page(at.connection)
