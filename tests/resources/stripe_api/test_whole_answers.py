"""An answer is whole or none, certificates are checked, and what went stale is opened anew."""

import gzip
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from resources.stripe_api import StripeAccount
from resources.stripe_api.session.retry import TransientFailure
from resources.stripe_api.session.transport import Wire
from tests.resources.raw_server import Asked, Sent, raw_server
from tests.resources.stripe_api.asking import ask, connection_to, healthy, living, refusal

BODY = b'{"a": 1}' * 1_000
PACKED = gzip.compress(BODY)
GZIP = {"Content-Encoding": "gzip"}


def body_of(sent: Sent) -> bytes:
    with raw_server(lambda _: sent) as server:
        wire = Wire(StripeAccount(api_key="rk_test_x", read_timeout=5))
        try:
            return wire.send("GET", f"{server.url}/", {}).body
        finally:
            wire.close()


@pytest.mark.parametrize(
    "sent", [Sent(BODY), Sent(PACKED, headers=GZIP), Sent(PACKED, headers={"content-encoding": "x-gzip"})]
)
def test_a_body_comes_as_it_was_meant(sent: Sent) -> None:
    assert body_of(sent) == BODY


@pytest.mark.parametrize(
    "sent",
    [
        Sent(BODY, declared=len(BODY) + 1),
        Sent(PACKED[:-20], headers=GZIP, declared=len(PACKED)),
        Sent(BODY, headers=GZIP),
    ],
)
def test_a_body_that_is_not_whole_or_not_readable_is_none(sent: Sent) -> None:
    with pytest.raises(TransientFailure):
        body_of(sent)


def test_a_connection_that_the_other_side_closed_is_opened_anew() -> None:
    def closing(asked: Asked) -> Sent:
        answer = living(asked)
        return Sent(answer.body, answer.status, answer.headers, declared=len(answer.body))

    with raw_server(closing) as server, connection_to(server.url) as connection:
        for _ in range(3):
            ask(connection)
        assert len({asked.connection for asked in server.asked}) == 3


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody knows, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "here")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "here.pem"
    form = serialization.PrivateFormat.PKCS8
    secret = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


def served_with(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_a_certificate_that_nobody_vouches_for_ends_it(certificate: Path) -> None:
    with raw_server(living, served_with(certificate)) as server:
        assert "no use: its certificate cannot be trusted" in refusal(ask, server.url)
        assert server.asked == []


def test_a_certificate_that_the_machine_knows_is_taken(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with raw_server(living, served_with(certificate)) as server, connection_to(server.url) as connection:
        ask(connection)
        assert len(server.asked) == 1


def test_what_speaks_no_tls_is_said() -> None:
    with healthy() as server:
        said = refusal(ask, server.url.replace("http://", "https://"), unreachable_for=0.1)
    assert "it does not answer: no secure connection is made" in said
