"""The customer portal of an account: whether it was activated in the key's mode, and the address of its login page."""

from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ValidationError

from resources.stripe_api.reading.pages import UnusableError
from resources.stripe_api.session.connection import StripeConnection
from resources.stripe_api.session.refusals import StripeProblem
from schemas.errors import AccessError, UserError

_PATH: Final = "/v1/billing_portal/configurations"
_DEFAULT: Final = (("is_default", "true"), ("active", "true"))
_FORBIDDEN: Final = 403


class PortalNotActivatedError(UserError):
    """Somebody has to save the portal's settings, or to activate its link, in the Dashboard."""


@dataclass(frozen=True)
class PortalPage:
    """What is known of the portal.

    Attributes:
        where: where its settings are, as a sentence for a person says it.
        is_saved: whether they were saved, which is what a session needs.
        login: the address of the login page; None where it was not activated.
    """

    where: str
    is_saved: bool
    login: str | None = None

    def needs_settings(self) -> None:
        """Raise `PortalNotActivatedError` unless sessions can be made."""
        if not self.is_saved:
            raise PortalNotActivatedError(f"Stripe's customer portal is not activated: {self.where} and save it.")

    def needs_login(self) -> str:
        """The address of the login page.

        Raises:
            PortalNotActivatedError: there is none.
        """
        self.needs_settings()
        if self.login is None:
            raise PortalNotActivatedError(
                f"The login page of Stripe's customer portal is not activated: {self.where}, choose Activate link "
                "under “Launch customer portal with a link”, and save."
            )
        return self.login


def portal_page(connection: StripeConnection) -> PortalPage:
    """Ask for the default configuration, of the mode that the key opens.

    Raises:
        AccessError: the key may not read it.
        TransientError: Stripe could not be asked.
    """
    mode = connection.account.key_mode
    path = "test/" if mode == "test" else ""
    where = (
        f"open Settings > Billing > Customer portal in the Stripe Dashboard in {mode} mode "
        f"(https://dashboard.stripe.com/{path}settings/billing/portal)"
    )
    answer = connection.get(f"GET {_PATH}", _PATH, _DEFAULT, _Configurations.read)
    if isinstance(answer, StripeProblem):
        if answer.status == _FORBIDDEN and answer.foreign is None:
            raise AccessError("The Stripe API key may not read the customer portal: give it Customer portal: Read.")
        raise answer.error(f"GET {_PATH}")
    if not answer.data:
        return PortalPage(where, is_saved=False)
    found = answer.data[0]
    if found.livemode != connection.account.livemode:
        raise AccessError("Stripe answered with the customer portal of the other mode than the key's.")
    page = found.login_page
    return PortalPage(where, is_saved=True, login=page.url if page.enabled else None)


class _LoginPage(BaseModel):
    enabled: bool
    url: str | None = None


class _Configuration(BaseModel):
    livemode: bool
    login_page: _LoginPage


class _Configurations(BaseModel):
    data: list[_Configuration]

    @classmethod
    def read(cls, body: bytes) -> "_Configurations":
        """The list, or `UnusableError`."""
        try:
            return cls.model_validate_json(body)
        except ValidationError:
            raise UnusableError("it is no list of portal configurations") from None
