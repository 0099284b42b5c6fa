"""The stand-in lets in whom NetSuite would let in, and nobody else."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from functools import cache
from urllib.parse import quote

import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from sandbox.netsuite_standin import Options
from tests.sandbox.netsuite import Asker, netsuite

AUDIENCE = "https://1234567-sb1.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token"
NOW = 1_800_000_000


@cache
def key(kind: str) -> tuple[str, str]:
    made = ec.generate_private_key(ec.SECP256R1()) if kind == "EC" else rsa.generate_private_key(65537, 3072)
    private = made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = made.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


@pytest.fixture(name="ns")
def _ns() -> Iterator[Asker]:
    with netsuite(options=Options(clock=lambda: NOW)) as asker:
        asker.server.register_certificate("client", "kid-ec", key("EC")[1], until=NOW + 1000)
        asker.server.register_certificate("client", "kid-rsa", key("RSA")[1], until=NOW + 1000)
        asker.server.register_token(("consumer", "consumer-secret"), ("token", "token-secret"))
        yield asker


def login(ns: Asker, algorithm: str = "ES256", header: object = None, **claims: object) -> requests.Response:
    kind = "EC" if algorithm.startswith("ES") else "RSA"
    loaded = (ECKey if kind == "EC" else RSAKey).import_key(key(kind)[0])
    whole = {"iss": "client", "aud": AUDIENCE, "scope": ["restlets"], "iat": NOW, "exp": NOW + 600, **claims}
    assertion = jwt.encode(
        {"alg": algorithm, "typ": "JWT", "kid": f"kid-{kind.lower()}", **(header or {})},  # type: ignore[dict-item]
        whole,
        loaded,
        algorithms=[algorithm],
    )
    return ns.session.post(
        f"{ns.server.url}/services/rest/auth/oauth2/v1/token",
        data={
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": assertion,
        },
        timeout=20,
    )


@pytest.mark.parametrize("algorithm", ["ES256", "PS256"])
def test_a_good_assertion_gives_a_token_that_opens_the_restlet_until_it_ends(ns: Asker, algorithm: str) -> None:
    answer = login(ns, algorithm)
    assert answer.status_code == 200
    assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("Bearer", 3600)
    token = answer.json()["access_token"]
    assert ns.send({"action": "health"}, token=token).json()["ok"] is True
    ns.server.logins.issued[token] = NOW
    late = ns.send({"action": "health"}, token=token)
    assert late.status_code == 401
    assert late.json() == {"error": {"code": "INVALID_LOGIN_ATTEMPT", "message": "Invalid login attempt."}}
    assert 'error="invalid_token"' in late.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    ("claims", "status", "code"),
    [
        ({"exp": NOW + 3600}, 400, "invalid_grant"),
        ({"iat": NOW - 1200, "exp": NOW - 600}, 400, "invalid_grant"),
        ({"iat": NOW + 600, "exp": NOW + 1200}, 400, "invalid_grant"),
        ({"aud": "https://example.com/token"}, 400, "invalid_grant"),
        ({"scope": ["rest_webservices"]}, 400, "invalid_scope"),
        ({"iss": "somebody"}, 401, "invalid_client"),
        ({"header": {"kid": "unknown"}}, 401, "invalid_client"),
        ({"algorithm": "RS256"}, 400, "invalid_grant"),
    ],
)
def test_a_bad_assertion_is_refused(ns: Asker, claims: dict[str, object], status: int, code: str) -> None:
    answer = login(ns, **claims)  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()) == (status, {"error": code})


@pytest.mark.parametrize("scope", ["restlets", "rest_webservices,restlets", ["restlets", "rest_webservices"]])
def test_scopes_may_be_a_list_or_a_text(ns: Asker, scope: object) -> None:
    assert login(ns, scope=scope).status_code == 200


def test_an_expired_certificate_is_refused(ns: Asker) -> None:
    ns.server.logins.certificates["kid-ec"].until = NOW
    assert login(ns).json() == {"error": "invalid_client"}


def signed(ns: Asker, **changed: str) -> requests.Response:
    """Sign a call by hand, as RFC 5849 says, with some parameters changed."""
    given = {
        "oauth_consumer_key": "consumer",
        "oauth_nonce": "abcdef123456",
        "oauth_signature_method": "HMAC-SHA256",
        "oauth_timestamp": str(NOW),
        "oauth_token": "token",
        "oauth_version": "1.0",
    } | changed
    realm = given.pop("realm", "1234567_SB1")
    secret = given.pop("secret", "token-secret")
    query = {"deploy": "customdeploy_tieout", "script": "customscript_tieout"}
    pairs = "&".join(f"{k}={quote(v, safe='~')}" for k, v in sorted({**given, **query}.items()))
    where = quote(ns.address.split("?")[0], safe="~")
    digest = hmac.new(
        f"consumer-secret&{secret}".encode(), f"POST&{where}&{quote(pairs, safe='~')}".encode(), hashlib.sha256
    )
    given["oauth_signature"] = base64.b64encode(digest.digest()).decode()
    fields = ", ".join(f'{k}="{quote(v, safe="~")}"' for k, v in {"realm": realm, **given}.items())
    return ns.session.post(
        ns.address, json={"action": "health"}, headers={"Authorization": f"OAuth {fields}"}, timeout=20
    )


def test_a_signed_request_is_let_in_once(ns: Asker) -> None:
    assert signed(ns).status_code == 200
    assert signed(ns).status_code == 401, "the nonce was used"
    assert signed(ns, oauth_nonce="another-nonce").status_code == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"secret": "wrong"},
        {"realm": "7654321"},
        {"oauth_token": "unknown"},
        {"oauth_consumer_key": "unknown"},
        {"oauth_signature_method": "HMAC-SHA1"},
        {"oauth_timestamp": str(NOW - 600)},
        {"oauth_nonce": "short"},
        {"oauth_version": "2.0"},
        {"oauth_body_hash": "abc"},
    ],
)
def test_a_request_that_is_signed_wrongly_is_refused(ns: Asker, changed: dict[str, str]) -> None:
    assert signed(ns, **changed).status_code == 401


def test_nobody_is_let_in_without_a_login(ns: Asker) -> None:
    assert requests.post(ns.address, json={}, timeout=20).status_code == 401
    assert ns.send({"action": "health"}, token="made-up").status_code == 401
