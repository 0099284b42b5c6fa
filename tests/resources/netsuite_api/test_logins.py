"""Both ways to log in, the life of a token, and secrets that show nowhere."""

import base64
import contextlib
import hmac
import logging
import re
import threading
from dataclasses import replace
from functools import cache
from urllib.parse import quote, unquote

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from resources.netsuite_api import CertificateLogin, NetsuiteClient, NetsuiteSettings, TokenLogin
from sandbox.netsuite_standin import Fault, Options
from schemas.errors import AccessError, TransientError
from tests.resources.netsuite_api.netsuite_world import FIELDS, QUICK, SEARCH, certificate_login, connected

TOKEN = TokenLogin(
    consumer_key="consumer", consumer_secret="consumer-secret", token_id="token", token_secret="token-secret"
)


def pem(key: PrivateKeyTypes, password: str | None = None) -> str:
    lock = serialization.BestAvailableEncryption(password.encode()) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock).decode()


@cache
def rsa_key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


@pytest.mark.parametrize("expires_in_as_text", [True, False])
def test_a_certificate_logs_in_and_its_token_serves_many_calls(expires_in_as_text: bool) -> None:
    with connected(options=Options(expires_in_as_text=expires_in_as_text)) as (client, server):
        for _ in range(3):
            client.health()
        assert server.tokens_issued == 1


@pytest.mark.parametrize("kind", ["RSA", "P-384", "P-521"])
def test_other_keys_sign_too(kind: str) -> None:
    curves = {"P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}
    key = rsa_key(3072) if kind == "RSA" else ec.generate_private_key(curves[kind])
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    login = CertificateLogin(client_id="client", certificate_id="other", private_key=pem(key))
    with connected(login=login) as (client, server):
        server.register_certificate("client", "other", public.decode())
        assert client.health().missing == []


def test_an_access_token_signs_every_call_anew() -> None:
    with connected(login=TOKEN) as (client, server):
        for _ in range(3):
            client.health()
        assert [call.status for call in server.calls] == [200, 200, 200]


@pytest.mark.parametrize(
    ("account", "address", "where"),
    [
        ("1234567_SB1", "https://A.example/restlet.nl?script=customscript_tieout&deploy=1", "https://a.example"),
        ("1234567", "http://127.0.0.1:8123/restlet.nl?script=customscript_tieout&deploy=1", "http://127.0.0.1:8123"),
    ],
)
def test_an_access_token_signs_as_rfc_5849_says(account: str, address: str, where: str) -> None:
    """Computed a second time, from the text of its sections 3.4.1 and 3.4.2 and with no library for it."""
    header = TOKEN.header(account, "POST", address)
    given = {name: unquote(value) for name, value in re.findall(r'(\w+)="([^"]*)"', header)}
    assert given.pop("realm") == account
    signature = given.pop("oauth_signature")
    assert set(given) == {
        f"oauth_{name}" for name in ("consumer_key", "nonce", "signature_method", "timestamp", "token", "version")
    }
    pairs = sorted((given | {"script": "customscript_tieout", "deploy": "1"}).items())
    base = ("POST", f"{where}/restlet.nl", "&".join(f"{name}={value}" for name, value in pairs))
    text = "&".join(quote(part, safe="~") for part in base)
    signed = hmac.digest(b"consumer-secret&token-secret", text.encode(), "sha256")
    assert base64.b64decode(signature) == signed


def test_a_token_is_renewed_before_it_ends() -> None:
    now = [1_800_000_000.0]
    with connected(options=Options(clock=lambda: now[0]), now=lambda: now[0]) as (client, server):
        client.health()
        now[0] += 3_000
        client.health()
        assert server.tokens_issued == 1
        now[0] += 400
        client.health()
        assert server.tokens_issued == 2
        assert {call.status for call in server.calls} == {200}


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_is_refused_is_replaced_once(status: int) -> None:
    with connected(options=Options(refused_login=status)) as (client, server):  # type: ignore[arg-type]
        client.health()
        server.logins.issued.clear()
        client.health()
        assert [call.status for call in server.calls] == [200, status, 200]


def test_a_pool_tries_an_access_token_once_before_all_of_it_does() -> None:
    """NetSuite locks the user of a token that was refused five times in a row."""

    def ask(client: NetsuiteClient) -> None:
        with contextlib.suppress(AccessError):
            client.health()

    def all_at_once(client: NetsuiteClient) -> None:
        threads = [threading.Thread(target=ask, args=[client]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    with connected(login=replace(TOKEN, token_secret="wrong"), concurrency=4) as (client, server):
        server.register_token(("consumer", "consumer-secret"), ("token", "token-secret"))
        all_at_once(client)
        assert len(server.calls) == 1
        with pytest.raises(AccessError, match="NetSuite refuses the login"):
            client.health()
    with connected(login=TOKEN, concurrency=4) as (client, server):
        server.register_token(("consumer", "consumer-secret"), ("token", "token-secret"))
        all_at_once(client)
        assert [call.status for call in server.calls] == [200] * 4


def test_a_pool_does_not_wait_for_a_long_call_but_for_a_quick_one() -> None:
    with connected(login=TOKEN, concurrency=4) as (client, server):
        server.register_token(("consumer", "consumer-secret"), ("token", "token-secret"))
        client.read_customers(SEARCH, FIELDS)
        assert [call.action for call in server.calls][:2] == ["health", "begin"]
        assert [call.action for call in server.calls].count("health") == 1


def test_threads_share_one_token() -> None:
    with connected() as (client, server):
        threads = [threading.Thread(target=client.health) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert server.tokens_issued == 1
        assert len(server.calls) == 4


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("not a key", "PEM"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "PEM"),
        (pem(ec.generate_private_key(ec.SECP256R1()), "secret"), "password"),
        (pem(ec.generate_private_key(ec.SECP256K1())), "P-256"),
        ("RSA 2048", "3072"),
        (pem(ec.generate_private_key(ec.SECP256R1())).replace("\n", "\\n"), "real line breaks"),
    ],
)
def test_a_key_that_netsuite_would_not_take_is_refused_with_advice(text: str, says: str) -> None:
    given = pem(rsa_key(2048)) if text == "RSA 2048" else text
    login = CertificateLogin(client_id="client", certificate_id="certificate", private_key=given)
    with connected(login=login) as (client, _), pytest.raises(AccessError, match=says) as refused:
        client.health()
    assert "BEGIN PRIVATE KEY-----\n" not in str(refused.value)


def test_no_secret_shows_in_a_repr_a_log_or_an_error(caplog: pytest.LogCaptureFixture) -> None:
    login = certificate_login()
    secrets = ["consumer-secret", "token-secret", login.private_key.splitlines()[1]]
    with caplog.at_level(logging.DEBUG), connected(login=TOKEN) as (signing, _):
        signing.health()
    with caplog.at_level(logging.DEBUG), connected() as (client, server):
        client.health()
        secrets += list(server.logins.issued)
        server.fail(Fault(kind="unavailable", times=10))
        with pytest.raises(TransientError) as failed:
            client.health()
    settings = NetsuiteSettings(account="1234567", login=login)
    shown = [repr(login), repr(TOKEN), repr(settings), repr(NetsuiteClient(settings)), str(failed.value), caplog.text]
    assert not [secret for secret in secrets for text in shown if secret in text]


def test_the_token_endpoint_has_weather_too() -> None:
    with connected(retry_policy=QUICK) as (client, server):
        server.fail_logins(2)
        assert client.health().missing == []
        assert server.tokens_issued == 1
