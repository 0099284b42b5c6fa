"""Keys are checked before anything is read, and never show."""

import os
import pickle

import pytest
import stripe
from pydantic import ValidationError

from resources.stripe_api import API_VERSION, StripeAccount, StripeDoor
from resources.stripe_api.door import _pool
from schemas.errors import AccessError

SECRET = "rk_test_do_not_show"


def test_the_key_never_shows() -> None:
    account = StripeAccount(api_key=SECRET)
    shown = [repr(account), str(account), account.model_dump_json(), repr(StripeDoor(account).__dict__)]
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


def test_a_proxy_of_the_environment_is_used_for_stripe_and_not_for_a_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    proxy = _pool(StripeAccount(api_key=SECRET)).proxy
    assert proxy is not None
    assert proxy.host == "proxy.example"
    assert _pool(StripeAccount(api_key=SECRET, base_url="https://127.0.0.1:1")).proxy is None
