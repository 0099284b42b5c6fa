"""A stand-in for a provider of OpenID Connect, over real HTTP: it checks what it is given, and can be told to lie."""

import base64
import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import uvicorn
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from pipelines.login.doors import form_of
from sandbox.serving import Server

CLIENT, SECRET = "tieout", "secret-of-the-stand-in"


@dataclass
class Provider:
    """What it knows, and how it lies.

    Attributes:
        person: claims about whoever signs in.
        changed: changes the claims of an ID token.
        key: signs ID tokens; the published one by default.
        published: changes what it publishes about itself.
        asks_first: shows a page with a button, as a person sees it.
        asked: what a browser was sent with.
        left: what those were sent with who have signed out there.
    """

    url: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    changed: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
    published: Callable[[dict[str, Any]], dict[str, Any]] = lambda known: known
    key: Any = None
    alg: str = "RS256"
    asks_first: bool = False
    asked: dict[str, dict[str, str]] = field(default_factory=dict)
    left: list[dict[str, str]] = field(default_factory=list)
    own: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"}))

    def app(self) -> Starlette:
        """As it answers."""
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._about),
                Route("/jwks", self._keys),
                Route("/authorize", self._authorize),
                Route("/token", self._token, methods=["POST"]),
                Route("/end", self._end),
            ]
        )

    async def _about(self, _: Request) -> Response:
        known = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "end_session_endpoint": f"{self.url}/end?realm=acme",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }
        return JSONResponse(self.published(known))

    async def _keys(self, _: Request) -> Response:
        return JSONResponse({"keys": [self.own.as_dict(private=False)]})

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        code = f"code{len(self.asked)}"
        self.asked[code] = asked
        back = f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"
        if self.asks_first:
            return HTMLResponse(f'<title>provider</title><a id="yes" href="{back.replace("&", "&amp;")}">It is me</a>')
        return RedirectResponse(back, 302)

    async def _end(self, request: Request) -> Response:
        """Sign somebody out who is named by a token of ours, and send them back where they may come back to."""
        asked = dict(request.query_params)
        jwt.decode(asked["id_token_hint"], self.own, algorithms=["RS256"])
        self.left.append(asked)
        return RedirectResponse(f"{asked['post_logout_redirect_uri']}?{urlencode({'state': asked['state']})}", 302)

    async def _token(self, request: Request) -> Response:
        form = await form_of(request)
        asked = self.asked.pop(form["code"], None)
        login = base64.b64decode(request.headers["authorization"].partition(" ")[2]).decode()
        is_right = (
            asked is not None
            and login == f"{CLIENT}:{SECRET}"
            and asked["code_challenge_method"] == "S256"
            and create_s256_code_challenge(form["code_verifier"]) == asked["code_challenge"]
            and form["redirect_uri"] == asked["redirect_uri"]
        )
        if not is_right or asked is None:
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "sub": "1", "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        key, header = self.key or self.own, {"alg": self.alg, "kid": "1"}
        token = jwt.encode(header, self.changed({**claims, **self.person}), key, algorithms=[self.alg])
        return JSONResponse({"access_token": "a", "token_type": "Bearer", "id_token": token})


@contextlib.contextmanager
def serving_provider(provider: Provider, host: str = "127.0.0.1") -> Iterator[Provider]:
    """Let it answer on loopback, under this name, while the body runs."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        provider.url = f"http://{host}:{listener.getsockname()[1]}"
        server = Server(uvicorn.Config(provider.app(), log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield provider
        server.should_exit = server.force_exit = True
        thread.join(10)
