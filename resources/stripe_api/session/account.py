"""Which Stripe account is asked, with which key, and how hard: the settings of a connection. No request is made here.

A key that cannot work, or that opens the wrong mode, is refused when the settings are made: before anything is read.
"""

import re
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from schemas.addresses import service_address
from schemas.errors import AccessError

API_VERSION: Final = "2026-10-28.endive"
"""The version of Stripe's API that we read and write, whatever the account's default is."""

Mode = Literal["test", "live"]


class StripeAccount(BaseModel):
    """One Stripe account in one mode. The key never shows in a repr, a dump or a validation error.

    Raises:
        AccessError: The key is missing, publishable, of unknown form, or of the other mode than `mode` says.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    api_key: SecretStr
    """A restricted key (`rk_…`) or a secret key (`sk_…`). See docs/stripe.md for the permissions."""
    stripe_account: str | None = Field(default=None, pattern=r"^[!-~]+$")
    """A connected account (`acct_…`) to act for, sent as `Stripe-Account`."""
    mode: Mode | None = None
    """What the declaration expects. None takes the mode of the key."""
    requests_per_second: int = Field(default=20, ge=1, le=1_000)
    """The most we send to one endpoint. Stripe allows 25 by default; the rest is for the user's own traffic."""
    max_in_flight: int = Field(default=50, ge=1, le=200)
    """The most requests at a time. A list page takes one to two seconds, so that 20 a second need 20 to 40.

    No more are used than the rate needs at the present latency."""
    connect_timeout: float = Field(default=10.0, gt=0)
    """Seconds to wait for a connection."""
    read_timeout: float = Field(default=80.0, gt=0)
    """Seconds to wait for a whole answer."""
    retry_seconds: float = Field(default=300.0, gt=0)
    """Seconds for which one request is tried again while it fails transiently, before the read fails as a whole."""
    unreachable_for: float = Field(default=45.0, gt=0)
    """Seconds for which a connection is tried where none is made, by all requests together: that seldom passes soon."""
    longest_wait: float = Field(default=10.0, gt=0)
    """Seconds between two tries, at most. The first wait is half a second or this, whichever is shorter."""
    base_url: str = "https://api.stripe.com"
    """Where Stripe is, with the path that stands before `/v1`, if any: for reads and writes alike."""
    proxy: SecretStr | None = None
    """An HTTP proxy, which may hold a login. None of the environment is used."""

    @field_validator("base_url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        return service_address(value)

    @model_validator(mode="after")
    def _check_key(self) -> Self:
        key_mode = _mode_of(self.api_key.get_secret_value())
        if self.mode is not None and self.mode != key_mode:
            raise AccessError(
                f"The declaration expects Stripe in {self.mode} mode, but the key is for {key_mode} mode. Nothing was "
                f"read. Give a {self.mode} key, or declare `mode: {key_mode}`."
            )
        return self

    @property
    def key_mode(self) -> Mode:
        """The mode that the key opens."""
        return _mode_of(self.api_key.get_secret_value())

    @property
    def livemode(self) -> bool:
        """What `livemode` every object must say."""
        return self.key_mode == "live"


def _mode_of(key: str) -> Mode:
    if not key:
        raise AccessError("There is no Stripe API key. Set the environment variable that the declaration names.")
    if key.startswith("pk_"):
        raise AccessError(
            "The Stripe API key is a publishable key (pk_…), which cannot read customers. "
            "Give a restricted key (rk_…) with Customers: Read, or Customers: Write if links are to be written back, "
            "and with Events: Read for `refresh: changed`."
        )
    match = re.fullmatch(r"(?:sk|rk)_(test|live)_[!-~]*", key)
    if match is None:
        raise AccessError(
            "The Stripe API key has an unknown form. It must begin with rk_test_, rk_live_, sk_test_ or sk_live_; "
            "copy it again from the API keys page of the Stripe Dashboard."
        )
    return "live" if match[1] == "live" else "test"
