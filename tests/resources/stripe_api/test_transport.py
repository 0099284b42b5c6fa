"""Our requests go where the declaration says, and nowhere else; who is not there is waited for, for a while."""

import base64
import re
import socket
import time
from pathlib import Path

import pytest

from resources.stripe_api import (
    StripeAccount,
    retrieve,
)
from sandbox.stripe_standin import Fault
from schemas.errors import TransientError
from tests.resources.raw_server import Asked, Sent, raw_server
from tests.resources.stripe_api.asking import (
    ACTS,
    CUSTOMER,
    HTML,
    SECRET,
    Act,
    ask,
    connection_to,
    healthy,
    living,
    refusal,
    write,
)
from tests.resources.stripe_api.stripe_world import START, stage


@ACTS
def test_the_path_of_the_address_stands_before_every_request(act: Act) -> None:
    with healthy() as server, connection_to(f"{server.url}/gateway/stripe/") as connection:
        act(connection)
        assert server.asked
        assert all(asked.target.startswith("/gateway/stripe/v1/") for asked in server.asked)


@ACTS
def test_nothing_of_the_machine_touches_our_requests(act: Act, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\ndefault login any password body\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with healthy() as server, connection_to(server.url) as connection:
        act(connection)
        assert {asked.headers["authorization"] for asked in server.asked} == {f"Bearer {SECRET}"}


@ACTS
def test_a_declared_proxy_is_used_for_reads_and_writes_with_its_login(act: Act) -> None:
    with (
        healthy() as proxy,
        connection_to("http://127.0.0.1:9", proxy=proxy.url.replace("//", "//me:pass@")) as connection,
    ):
        act(connection)
        assert all(asked.target.startswith("http://127.0.0.1:9/v1/") for asked in proxy.asked)
        login = base64.b64encode(b"me:pass").decode()
        assert {asked.headers["proxy-authorization"] for asked in proxy.asked} == {f"Basic {login}"}


def test_a_proxy_that_refuses_or_is_not_there_is_said_without_its_login() -> None:
    with raw_server(lambda _: Sent(status=407, headers=HTML)) as proxy:
        hidden = proxy.url.replace("//", "//me:hidden@")
        plain = refusal(ask, "http://127.0.0.1:9", proxy=hidden)
        tunnel = refusal(ask, "https://127.0.0.1:9", proxy=hidden)
    gone = refusal(ask, "https://127.0.0.1:9", proxy="http://me:hidden@127.0.0.1:9", retry_seconds=0.1)
    assert "something that is not Stripe (HTTP 407" in plain
    assert "the proxy refuses the connection" in tunnel
    assert "Check the network, and the `base_url` and `proxy`" in gone
    assert "hidden" not in plain + tunnel + gone


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@ACTS
def test_no_redirect_is_followed(act: Act, status: int) -> None:
    with healthy() as elsewhere:

        def moved(asked: Asked) -> Sent:
            away = Sent(b"", status, {"Location": f"{elsewhere.url}{asked.target}"})
            return away if act is not write or asked.method == "POST" else living(asked)

        with raw_server(moved) as server:
            said = refusal(act, server.url)
            assert [asked.method for asked in server.asked if act is not write or asked.method == "POST"] != []
            assert len(server.asked) <= 2
        assert elsewhere.asked == []
    assert f"sent on to another address (HTTP {status}), and no redirect is followed" in said


def test_connections_are_used_again_by_reads_and_writes() -> None:
    with healthy() as server, connection_to(server.url) as connection:
        for act in (ask, write, ask, write):
            act(connection)
        assert len({asked.connection for asked in server.asked}) == 1


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(kind="server_error", status=503), r"answers HTTP 503 in request req_\w+"),
        (Fault(kind="rate_limited"), r"answers HTTP 429 \(endpoint-rate\) in request req_\w+"),
        (Fault(kind="reset"), r"does not answer \(the connection broke\)"),
        (Fault(kind="late"), r"does not answer \(no whole answer in time\)"),
    ],
)
def test_what_a_request_waits_for_is_told_from_the_first_try(fault: Fault, words: str) -> None:
    on_progress: list[str] = []
    with stage() as at:
        at.book.load([("cus_1", START, {})])
        at.server.fault(fault)
        patient = 0.2 if fault.kind == "late" else 20
        with connection_to(
            at.server.url, on_progress.append, api_key=at.server.world.test_key, read_timeout=patient
        ) as connection:
            assert retrieve(connection, CUSTOMER) is not None
    assert len(on_progress) == 1
    assert re.fullmatch(rf"Stripe {words}, next try in 0\.0 s\.", on_progress[0])


def test_a_service_that_is_not_there_ends_within_its_time_for_all_requests_together() -> None:
    """Three rows that nobody answers cost the time once, not three times."""
    on_progress: list[str] = []
    started = time.monotonic()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with connection_to(
            nowhere, on_progress.append, retry_seconds=300, unreachable_for=1, longest_wait=0.2
        ) as connection:
            for _ in range(3):
                with pytest.raises(
                    TransientError, match="within 1 seconds, it does not answer: the connection is refused"
                ):
                    retrieve(connection, CUSTOMER)
    assert 0.5 < time.monotonic() - started < 2.5
    assert on_progress[0].startswith("Stripe does not answer (the connection is refused), next try in 0.")


def test_nobody_is_waited_for_longer_than_a_minute() -> None:
    assert StripeAccount(api_key=SECRET).unreachable_for < 60


def test_a_host_that_nobody_knows_is_said() -> None:
    said = refusal(ask, "https://nobody.invalid", unreachable_for=0.3)
    assert "it does not answer: the name of the host is unknown" in said
