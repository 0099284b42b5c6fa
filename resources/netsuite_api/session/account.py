"""Which account is spoken to, and at which addresses: the only place where a host name is made.

An account id is checked before it becomes part of a host name, and every call goes to one of these two addresses.
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from schemas.addresses import service_address
from schemas.errors import AccessError

_ACCOUNT: Final = re.compile(r"[A-Z0-9]{4,20}(_[A-Z]{2}[0-9]{0,3})?")
_SCRIPT_ID: Final = re.compile(r"[A-Za-z0-9_]{1,60}")
_TOKEN_PATH: Final = "/services/rest/auth/oauth2/v1/token"  # noqa: S105  a path
_RESTLET_PATH: Final = "/app/site/hosting/restlet.nl"


@dataclass(frozen=True)
class Addresses:
    """Where an account answers. `audience` is what an assertion names, whatever address it is sent to."""

    restlet: str
    token: str
    audience: str


def addresses(account: str, script: str, deployment: str, base_url: str | None = None) -> Addresses:
    """Make the addresses of one RESTlet of one account (O:section_4634920277).

    Args:
        account: as Setup > Company > Company Information shows it: `1234567`, `1234567_SB1`.
        script: script id or number of the RESTlet.
        deployment: id or number of its deployment.
        base_url: another server instead of NetSuite's own: https, or http on this machine.

    Raises:
        AccessError: one of them cannot be right.
    """
    check_account(account)
    for name, value in (("script", script), ("deployment", deployment)):
        if not _SCRIPT_ID.fullmatch(value):
            raise AccessError(
                f"The {name} id {value!r} of the RESTlet cannot be right: copy it from Customization > Scripting > "
                f"Script Deployments, where it looks like customdeploy_tieout."
            )
    query = urlencode({"script": script, "deploy": deployment})
    host = account.lower().replace("_", "-")
    audience = f"https://{host}.suitetalk.api.netsuite.com{_TOKEN_PATH}"
    if base_url is None:
        return Addresses(f"https://{host}.restlets.api.netsuite.com{_RESTLET_PATH}?{query}", audience, audience)
    base = _checked_base(base_url)
    return Addresses(f"{base}{_RESTLET_PATH}?{query}", f"{base}{_TOKEN_PATH}", audience)


def check_account(account: str) -> None:
    """Refuse what is not an account id. Raises `AccessError`."""
    if not _ACCOUNT.fullmatch(account):
        raise AccessError(
            f"The NetSuite account id {account!r} cannot be right: copy it from Setup > Company > Company Information, "
            f"where it looks like 1234567 or 1234567_SB1."
        )


def _checked_base(base_url: str) -> str:
    try:
        return service_address(base_url)
    except ValueError as error:
        raise AccessError(
            f"The base_url of NetSuite cannot be used: {error}; leave it out to speak to NetSuite."
        ) from None
