"""Connects the stand-ins as a portal needs them: the Suitelet's secrets, the way to Stripe, settings saved there."""

from typing import Final

from sandbox.netsuite_standin.server import NetsuiteStandIn
from sandbox.stripe_standin import StripeStandIn

HMAC: Final = "custsecret_tieout_portal_hmac"
STRIPE_KEY: Final = "custsecret_tieout_portal_stripe"


def connect(netsuite: NetsuiteStandIn, stripe: StripeStandIn) -> None:
    """Let the Suitelet make sessions in test mode, which a browser opens on this machine."""
    setup = netsuite.world.portal
    setup.secrets |= {HMAC: "signs the links of the stand-in", STRIPE_KEY: stripe.world.test_key}
    setup.elsewhere["https://api.stripe.com"] = stripe.url
    portal = stripe.world.book().portal
    portal.saved = portal.login_page = True
    portal.address = stripe.url
