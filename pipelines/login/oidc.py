"""Signing in by OpenID Connect: the code flow with PKCE, state and nonce; who somebody is, the signed ID token says.

Authlib speaks the protocol. What a browser brings back has to fit what it was sent away with, which a signed cookie of
a few minutes holds. Only asymmetric signatures by the provider's own published keys count.
"""

import hmac
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

import requests
from anyio.to_thread import run_sync
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client import BaseApp, OAuth2Mixin, OpenIDMixin
from authlib.integrations.requests_client import OAuth2Session
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipelines.login.doors import Entered
from pipelines.login.pages import LOGIN, page, path_of
from pipelines.login.people import LONGEST_NAME
from pipelines.login.roles import ROLES, Role
from pipelines.login.sessions import Person, Seal, Session
from pipelines.login.settings import Oidc
from schemas.addresses import service_address
from schemas.errors import AccessError, TransientError

START: Final = f"{LOGIN}/start"
CALLBACK: Final = f"{LOGIN}/callback"
_MINUTES_S: Final = 600
_TIMEOUT_S: Final = (5.0, 10.0)
_ASYMMETRIC: Final = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
    "Ed25519",
)
_ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_VISIBLE: Final = re.compile("[!-~]+")
_END: Final = "end_session_endpoint"
_STALE: Final = "This took too long, or began elsewhere; sign in again."
_ASK: Final = "ask whoever runs Tieout"


class _Session(OAuth2Session):  # type: ignore[misc]
    """Asks the provider alone: follows nothing, and does not wait for ever."""

    def __init__(self, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)
        self.trust_env = False

    def request(self, method: str, url: str, **named: object) -> requests.Response:
        """Ask."""
        found: requests.Response = super().request(
            method, url, **{**named, "allow_redirects": False, "timeout": _TIMEOUT_S}
        )
        return found


class Provider(BaseApp, OAuth2Mixin, OpenIDMixin):  # type: ignore[misc]
    """A provider, by what it publishes about itself."""

    client_cls = _Session

    def __init__(self, declared: Oidc) -> None:
        super().__init__(
            framework=None,
            name="provider",
            client_id=declared.client_id,
            client_secret=declared.client_secret,
            server_metadata_url=f"{declared.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={"scope": " ".join(declared.scopes), "code_challenge_method": "S256"},
            user_agent="tieout",
        )
        self._issuer = declared.issuer

    def load_server_metadata(self) -> dict[str, object]:
        """What it publishes, if it is this provider and can be trusted with a password.

        Raises:
            AccessError: it is not.
        """
        known: dict[str, object] = super().load_server_metadata()
        if known.get("issuer") != self._issuer:
            self.server_metadata.clear()
            raise AccessError("The provider calls itself otherwise than `issuer` in the settings does.")
        for name in _ENDPOINTS:
            if not _is_trusted(str(known.get(name, ""))):
                self.server_metadata.clear()
                raise AccessError(f"The provider's {name} is no address that can be trusted.")
        if not _is_trusted(str(known.get(_END, ""))):
            known.pop(_END, None)  # people can sign in all the same
        offered = known.get("id_token_signing_alg_values_supported")
        offered = offered if isinstance(offered, list) else ["RS256"]
        known["id_token_signing_alg_values_supported"] = [each for each in offered if each in _ASYMMETRIC]
        return known

    def away(self, callback: str) -> dict[str, str]:
        """Where to send a browser, and what it has to fit when it comes back (`state`, `nonce`, `code_verifier`)."""
        return {name: str(value) for name, value in self.create_authorization_url(callback).items()}

    def way_out(self, back: str, hint: str) -> str | None:
        """Where a browser is sent to sign out there (RP-initiated logout); None where the provider offers none.

        Args:
            back: where it comes back to.
            hint: the ID token by which the person signed in; without it the provider asks them.
        """
        if _END not in self.load_server_metadata():
            return None
        return str(self.create_logout_url(back, hint or None, client_id=self.client_id)["url"])

    def claims(self, callback: str, code: str, sent: Mapping[str, str]) -> tuple[Mapping[str, object], str]:
        """What the ID token says that the provider gives for a code, and that token.

        Raises:
            AccessError: it does not hold.
            TransientError: the provider could not be asked.
        """
        try:
            token = self.fetch_access_token(callback, code=code, code_verifier=sent["code_verifier"])
            options = {
                "iss": {"essential": True, "value": self._issuer},
                "aud": {"essential": True, "value": self.client_id},
            }
            found = self.parse_id_token(token, sent["nonce"], claims_options=options)
        except requests.RequestException as error:
            raise TransientError(f"The provider could not be asked ({type(error).__name__}).") from None
        except (AuthlibBaseError, JoseError, ValueError, KeyError) as error:
            raise AccessError(f"The provider's answer does not hold ({type(error).__name__}).") from None
        if not found:
            raise AccessError("The provider does not say who this is.")
        return dict(found), str(token["id_token"])


def _is_trusted(address: str) -> bool:
    """Whether a browser or a password may be sent there, a query included, and whether it may stand in a header."""
    try:
        service_address(address.partition("?")[0])
    except ValueError:
        return False
    return _VISIBLE.fullmatch(address) is not None


class OidcDoor:
    """Who comes from the provider, with a role by what it says of them."""

    def __init__(self, declared: Oidc, url: str, secret: str, clock: Callable[[], float]) -> None:
        self.provider: str | None = urlsplit(declared.issuer).hostname
        self._declared, self._callback, self._back_here = declared, f"{url}{CALLBACK}", f"{url}{LOGIN}"
        self._provider, self._clock, self._seal = Provider(declared), clock, Seal(secret, "away")
        self._is_encrypted = url.startswith("https://")
        self._cookie = "__Host-tieout-away" if self._is_encrypted else "tieout-away"

    def current(self, session: Session) -> Person | None:
        """As at the beginning: the provider is asked again when the session has ended."""
        return session.person if not session.mark else None

    async def answer(self, request: Request) -> Response | Entered:
        """The way to the provider, and back."""
        path = request.url.path.rstrip("/")
        try:
            if request.method == "GET" and path == START:
                return await self._away(path_of(request.query_params.get("next")))
            if request.method == "GET" and path == CALLBACK:
                return await self._back(request)
        except AccessError as error:
            return self._ended(403, f"{error} If that stays so, {_ASK}.")
        except (TransientError, requests.RequestException):
            return self._ended(502, f"The provider could not be asked; try again, or {_ASK}.")
        return page(provider=self.provider, following=path_of(request.query_params.get("next")))

    async def goodbye(self, hint: str) -> Response:
        """The page that leads to the provider, to sign out there as well, or says that this is still to be done.

        A page, and no redirect: the answer to a form may lead nowhere else (`form-action`).
        """
        there = None
        if self._declared.sign_out_there:
            with suppress(AccessError, requests.RequestException):
                there = await run_sync(self._provider.way_out, self._back_here, hint)
        return page(provider=self.provider, has_left=True, leaving=there)

    async def _away(self, following: str) -> Response:
        sent = await run_sync(self._provider.away, self._callback)
        kept = {**sent, "url": "", "following": following, "until": self._clock() + _MINUTES_S}
        answer = RedirectResponse(sent["url"], 303, {"Cache-Control": "no-store"})
        answer.set_cookie(
            self._cookie,
            self._seal.sealed(kept),
            max_age=_MINUTES_S,
            secure=self._is_encrypted,
            httponly=True,
            samesite="lax",
        )
        return answer

    async def _back(self, request: Request) -> Response | Entered:
        kept, asked = self._seal.opened(request.cookies.get(self._cookie, "")) or {}, request.query_params
        until, sent = kept.get("until"), {name: str(kept.get(name, "")) for name in ("state", "nonce", "code_verifier")}
        is_fresh = isinstance(until, (int, float)) and self._clock() < until
        if not is_fresh or not hmac.compare_digest(sent["state"].encode(), asked.get("state", "").encode()):
            return self._ended(403, _STALE)
        if not asked.get("code"):
            return self._ended(403, "The provider did not sign you in.")
        claims, token = await run_sync(self._provider.claims, self._callback, asked["code"], sent)
        hint = token if self._declared.sign_out_there else ""
        return Entered(person_of(claims, self._declared), "", path_of(kept.get("following")), self._cookie, hint)

    def _ended(self, status: int, message: str) -> Response:
        answer = page(status, message=message, provider=self.provider)
        answer.delete_cookie(self._cookie, secure=self._is_encrypted, httponly=True, samesite="lax")
        return answer


def person_of(claims: Mapping[str, object], declared: Oidc) -> Person:
    """Who the claims are about, with the highest role that is theirs.

    Raises:
        AccessError: they have no name that can be kept, or no role.
    """
    said = claims.get(declared.name_claim)
    name = " ".join(said.split()) if isinstance(said, str) else ""
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise AccessError(f"The provider says no name of yours ({declared.name_claim}).")
    if declared.name_claim == "email" and claims.get("email_verified") is False:
        raise AccessError("The provider has not verified your e-mail address.")
    values = claims.get(declared.role_claim)
    mine = {str(value) for value in (values if isinstance(values, list) else [values])}
    lists: Mapping[Role, list[str]] = {"look": declared.look, "plan": declared.plan, "approve": declared.approve}
    if found := [role for role in ROLES if mine & set(lists[role])]:
        return Person(name, found[-1])
    raise AccessError("You are known to the provider, and have no role here.")
