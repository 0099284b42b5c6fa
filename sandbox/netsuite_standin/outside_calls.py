"""The calls of N/crypto, N/https, N/url and of script parameters: what leads out of the account, or needs a secret."""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlencode, urlsplit

import requests

from sandbox.netsuite_standin.errors import ScriptError
from sandbox.netsuite_standin.filters import Json
from sandbox.netsuite_standin.portal_setup import PORTAL, PortalSetup

SCRIPTLET_PATH: Final = "/app/site/hosting/scriptlet.nl"
SECONDS: Final = 45  # O:section_4567628658
_SECRET: Final = re.compile(r"\{(custsecret_\w+)\}")
Arguments = dict[str, Json]


class OutsideCalls:
    """What a script asks of others during one request. `address` is where the account's own pages are."""

    def __init__(self, setup: PortalSetup, account: str, address: str) -> None:
        self._setup, self._account, self._address = setup, account, address
        self.operations: Mapping[str, Callable[[Arguments], Json]] = {
            "crypto.key": lambda given: bool(self._secret(str(given["secret"]))),
            "crypto.hmac": self._hmac,
            "https.post": self._post,
            "redirect.allowed": lambda _: setup.redirects_out,
            "response.keeps": lambda given: str(given["name"]) in setup.keeps_headers,
            "runtime.getParameter": lambda given: setup.parameters.get(str(given["name"])),
            "url.resolveScript": self._resolved,
        }

    def _secret(self, name: str) -> str:
        if name not in self._setup.secrets:
            raise ScriptError("INVALID_SECRET", f"The secret {name} does not exist, or this script may not use it.")
        return self._setup.secrets[name]

    def _hmac(self, given: Arguments) -> Json:
        key = self._secret(str(given["secret"])).encode()
        return hmac.new(key, str(given["input"]).encode(), hashlib.sha256).hexdigest().upper()

    def _post(self, given: Arguments) -> Json:
        """Send it to whom the set-up names, with secrets put in place; the script sees the answer alone."""
        address = urlsplit(str(given["url"]))
        server = self._setup.elsewhere.get(f"{address.scheme}://{address.netloc}")
        if server is None:
            raise ScriptError("SSS_REQUEST_TIME_EXCEEDED", "The host you are trying to connect to is not responding.")
        headers = given["headers"] if isinstance(given["headers"], dict) else {}
        sent = {name: self._opened(value) for name, value in headers.items()}
        answer = requests.post(f"{server}{address.path}", str(given["body"]), headers=sent, timeout=SECONDS)
        return {"code": answer.status_code, "body": answer.text}

    def _opened(self, value: Json) -> str:
        if not isinstance(value, dict):
            return str(value)
        return _SECRET.sub(lambda found: self._secret(found[1]), str(value["secure"]))

    def _resolved(self, given: Arguments) -> Json:
        """The address of a Suitelet for everybody; relative, and so of no use elsewhere, unless that was asked for."""
        if (given["scriptId"], given["deploymentId"]) != PORTAL or not self._setup.online:
            raise ScriptError("SSS_INVALID_SCRIPT_ID", "That script or deployment is invalid or inactive.")
        params = given["params"] if isinstance(given["params"], dict) else {}
        named = {"script": PORTAL[0], "deploy": PORTAL[1], "compid": self._account, "ns-at": self._setup.stamp}
        query = urlencode({**named, **{name: str(value) for name, value in params.items()}})
        return f"{self._address if given['external'] else ''}{SCRIPTLET_PATH}?{query}"
