"""Who may do what: keys, restricted permissions, connected accounts, and the refusals that a person has to read."""

import base64
from collections.abc import Mapping

from sandbox.stripe_standin.endpoints import Endpoint
from sandbox.stripe_standin.wire import Refusal
from sandbox.stripe_standin.world import ApiKey, StripeWorld


def admit(world: StripeWorld, headers: Mapping[str, str], endpoint: Endpoint) -> tuple[ApiKey, str]:
    """Return the key of a request and the account it concerns, or raise the refusal.

    The messages are as observed of the live service.
    """
    secret = _secret(headers.get("authorization", ""))
    if not secret:
        raise Refusal(401, _NO_KEY).with_headers({"WWW-Authenticate": 'Bearer realm="Stripe"'})
    key = world.keys.get(secret)
    if key is None:
        raise Refusal(401, f"Invalid API Key provided: {_masked(secret)}")
    if key.expired:
        raise Refusal(401, f"Expired API Key provided: {_masked(secret)}", code="api_key_expired")
    if key.is_publishable:
        raise Refusal(403, _PUBLISHABLE, code="secret_key_required")
    account = headers.get("stripe-account", key.account)
    if account != key.account and account not in key.connected:
        raise Refusal(403, _NO_ACCOUNT.format(key=_masked(secret), account=account), code="account_invalid")
    if not key.may(endpoint.permission):
        raise _no_permission(secret, account, endpoint.permission)
    return key, account


def _secret(authorization: str) -> str:
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "basic":
        return base64.b64decode(value).decode().partition(":")[0]
    return value.strip() if scheme.lower() == "bearer" else ""


def _masked(secret: str) -> str:
    return f"{secret[:8]}***"


def _no_permission(secret: str, account: str, permission: str) -> Refusal:
    what, _, how = permission.rpartition("_")
    label = f"{_LABELS.get(what) or what.capitalize() + 's'} {how.capitalize()}"
    message = (
        f"The provided key '{_masked(secret)}' does not have the required permissions for this endpoint on account "
        f"'{account}'. Enabling \"{label}\" ('{permission}') permissions on this key would allow this request to "
        "continue."
    )
    return Refusal(403, message, code="more_permissions_required")


_LABELS = {"customer_portal": "Customer portal"}
_NO_KEY = (
    "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth."
)
_PUBLISHABLE = "This API call cannot be made with a publishable API key. Please use a secret API key."
_NO_ACCOUNT = (
    "The provided key '{key}' does not have access to account '{account}' (or that account does not exist). "
    "Application access may have been revoked."
)
