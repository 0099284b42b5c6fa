"""Where a request goes, and what is said where it does not arrive: within a minute, and from the first try."""

import logging
import socket
import time
from pathlib import Path

import pytest

from resources.netsuite_api import CertificateLogin, NetsuiteClient, NetsuiteSettings, RetryPolicy, Timeouts, TokenLogin
from schemas.errors import AccessError, TransientError
from tests.resources.answering import answering
from tests.resources.netsuite_api.netsuite_world import QUICK, SHORT, certificate_login

TOKEN = TokenLogin(consumer_key="a", consumer_secret="b", token_id="c", token_secret="d")


def settings_of(url: str, login: CertificateLogin | TokenLogin = TOKEN, **given: object) -> NetsuiteSettings:
    whole = {"account": "1234567", "login": login, "base_url": url, "retry_policy": QUICK, "timeouts": SHORT, **given}
    return NetsuiteSettings(**whole)  # type: ignore[arg-type]


def nobody() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize("login", [TOKEN, certificate_login()], ids=["restlet", "token endpoint"])
@pytest.mark.parametrize(
    ("url", "says"),
    [(None, "the connection is refused"), ("https://no-such-host.invalid", "the name of its host is unknown")],
)
def test_a_server_that_is_not_there_ends_soon_in_one_sentence_and_is_told_from_the_first_try(
    url: str | None, says: str, login: TokenLogin, caplog: pytest.LogCaptureFixture
) -> None:
    retry_policy = RetryPolicy(first_wait=0.05, longest_wait=60, unreachable_seconds=0.5)
    started = time.monotonic()
    with (
        caplog.at_level(logging.WARNING, "tieout.netsuite"),
        NetsuiteClient(settings_of(url or nobody(), login, retry_policy=retry_policy)) as client,
        pytest.raises(TransientError) as raised,
    ):
        client.health()
    assert time.monotonic() - started < 10
    assert str(raised.value).startswith(f"NetSuite does not answer ({says})")
    assert "check the network" in str(raised.value)
    assert str(raised.value).count("\n") == 0
    assert caplog.messages[0].startswith(f"NetSuite does not answer ({says})")
    assert "next try in 0." in caplog.messages[0]


def test_with_the_patience_of_a_run_nobody_waits_a_minute_for_nobody() -> None:
    retry_policy, waited = RetryPolicy(), 0.0
    wait = retry_policy.first_wait
    while waited + wait <= retry_policy.unreachable_seconds:
        waited, wait = waited + wait, min(2 * wait, retry_policy.longest_wait)
    assert waited + 2 * Timeouts().connect_seconds < 60


def test_neither_netrc_nor_a_proxy_of_the_environment_touches_a_request(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login intruder password secret\ndefault login intruder password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, nobody())
    monkeypatch.setenv("no_proxy", "")
    for login in (TOKEN, certificate_login()):
        with answering(400, b"{}") as server, NetsuiteClient(settings_of(server.url, login)) as client:
            with pytest.raises(AccessError, match="not NetSuite"):
                client.health()
            given = [headers.get("Authorization", "") for headers in server.seen]
        assert given
        assert not [header for header in given if header.startswith("Basic")]


def test_a_declared_proxy_is_used_and_its_password_never_shown() -> None:
    with answering(407, b"") as proxy:
        over = proxy.url.replace("http://", "http://user:hush@")
        with (
            NetsuiteClient(settings_of("http://localhost:9", proxy=over)) as client,
            pytest.raises(AccessError, match="HTTP 407") as raised,
        ):
            client.health()
    assert proxy.seen[0]["url"].startswith("http://localhost:9/app/site/hosting/restlet.nl?")
    gone = settings_of("http://localhost:9", proxy=over)
    assert "hush" not in repr(gone)
    with NetsuiteClient(gone) as client, pytest.raises(TransientError, match="over the proxy, the connection") as lost:
        client.health()
    assert "hush" not in str(raised.value) + str(lost.value)


def test_a_path_of_the_base_url_is_kept_for_every_request() -> None:
    with answering(404, b"") as server:
        with (
            NetsuiteClient(settings_of(f"{server.url}/gateway/", certificate_login())) as client,
            pytest.raises(AccessError),
        ):
            client.health()
        assert server.seen[0]["url"] == "/gateway/services/rest/auth/oauth2/v1/token"


@pytest.mark.parametrize("url", ["http://example.com", "https://u:p@example.com", "ftp://127.0.0.1", "https://a?b=c"])
def test_an_address_that_would_give_the_login_away_is_refused(url: str) -> None:
    with pytest.raises(AccessError, match="base_url"):
        NetsuiteClient(settings_of(url))
