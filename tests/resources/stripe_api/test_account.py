"""Keys are checked before anything is read, and never show."""

import pickle

import pytest
import stripe
from pydantic import ValidationError

from resources.stripe_api import API_VERSION, StripeAccount, StripeConnection
from resources.stripe_api.reading.reader import StripeApiReader
from schemas.declaration.sources import StripeSource
from schemas.errors import AccessError

SECRET = "rk_test_do_not_show"


def test_the_key_never_shows() -> None:
    account = StripeAccount(api_key=SECRET)
    shown = [repr(account), str(account), account.model_dump_json(), repr(StripeConnection(account).__dict__)]
    assert not [text for text in shown if "do_not_show" in text]


def test_the_key_does_not_show_in_a_validation_error() -> None:
    with pytest.raises(ValidationError) as error:
        StripeAccount(api_key=SECRET, requests_per_second=0, unknown=SECRET)  # type: ignore[call-arg]
    assert "do_not_show" not in str(error.value)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("", "no Stripe API key"),
        ("pk_live_abc", "publishable .*Customers: Read, or Customers: Write if links are to be written"),
        ("whsec_abc", "unknown form"),
        ("rk_test_abc\r\nX: y", "unknown form"),
        ("rk_live_abc", "mode: live"),
    ],
)
def test_a_key_that_cannot_work_is_refused_in_one_sentence_without_showing_it(key: str, words: str) -> None:
    with pytest.raises(AccessError, match=words) as error:
        StripeAccount(api_key=key, mode="test")
    assert not key or key not in str(error.value)


def test_mode_follows_the_key_when_nothing_is_declared() -> None:
    assert (StripeAccount(api_key="sk_live_x").key_mode, StripeAccount(api_key=SECRET).livemode) == ("live", False)


def test_settings_are_frozen_and_travel_whole() -> None:
    account = StripeAccount(api_key=SECRET)
    with pytest.raises(ValidationError):
        account.requests_per_second = 99  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(account)) == account  # noqa: S301 - our own bytes


def test_our_api_version_is_the_one_that_the_sdk_was_made_for() -> None:
    assert stripe.api_version == API_VERSION


def test_an_account_that_would_be_a_further_header_is_refused() -> None:
    with pytest.raises(ValidationError, match="stripe_account"):
        StripeAccount(api_key=SECRET, stripe_account="acct_1\r\nX: y")


@pytest.mark.parametrize("address", ["http://api.stripe.com", "https://me:hidden@api.stripe.com", "api.stripe.com"])
def test_an_address_that_is_not_safe_is_refused(address: str) -> None:
    with pytest.raises(ValidationError, match="expected an address") as error:
        StripeAccount(api_key=SECRET, base_url=address)
    assert "hidden" not in str(error.value)


def test_the_proxy_of_a_declaration_reaches_the_connection_and_never_shows() -> None:
    source = StripeSource(api_key=SECRET, proxy="http://me:hidden@proxy.example:3128")
    made = StripeApiReader(source, ()).account()
    assert made.proxy is not None
    assert made.proxy.get_secret_value() == "http://me:hidden@proxy.example:3128"
    assert not [shown for shown in (repr(source), repr(made), made.model_dump_json()) if "hidden" in shown]
