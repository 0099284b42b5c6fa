"""Mail and chat through Apprise: one message, to a real SMTP server and a real receiver, and no secret in the log."""

import json
import logging
from asyncio import Server
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from resources.notify.services import ServiceNotifier
from tests.resources.notify.events import event
from tests.resources.raw_server import Asked, Sent, raw_server

PASSWORD = "hush-hush-hush"


class Mailbox:
    """What an SMTP server was given, and the logins it was shown."""

    def __init__(self) -> None:
        self.mails: list[Message] = []
        self.rcpt: list[str] = []
        self.logins: list[bytes] = []

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        if not session.authenticated:
            return "530 not without a login"
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content))
        self.rcpt += envelope.rcpt_tos
        return "250 taken"

    def login(self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:  # noqa: ANN401 - aiosmtpd's
        self.logins.append(data.password)
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)


class AnyPort(Controller):
    """A server on a port that is free."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, str]]:
    """An SMTP server that wants a login, and the address under which Apprise reaches it."""
    box = Mailbox()
    server = AnyPort(box, hostname="127.0.0.1", port=0, authenticator=box.login, auth_require_tls=False)
    server.start()
    where = f"127.0.0.1:{server.port}?from=tieout@acme.example&to=ops@acme.example"
    try:
        yield box, f"mailto://tieout:{PASSWORD}@{where}"
    finally:
        server.stop()


def test_a_mail_tells_what_happened_in_one_message(mailbox: tuple[Mailbox, str]) -> None:
    box, url = mailbox
    events = [event("success"), event("success"), event("brakes"), event("failure")]
    assert ServiceNotifier(urls=(url,)).notify(events)
    [mail] = box.mails
    assert (box.rcpt, mail["Subject"]) == (["ops@acme.example"], "Tieout acme: run failed, and 3 more")
    [body] = [part.get_payload(decode=True) for part in mail.walk() if part.get_content_type() == "text/plain"]
    assert isinstance(body, bytes)
    assert [line.strip() for line in body.decode().splitlines() if line.strip()] == [
        "acme_daily has failed in acme__write_plan: UserError (run 4f1c).",
        "acme_daily wrote nothing, held back by picture_is_fresh (run 4f1c).",
        "acme_daily has succeeded (run 4f1c). 2 times, last at 05:31 UTC.",
    ]


def test_one_service_that_takes_it_is_enough_and_the_other_is_a_line_without_its_secret(
    mailbox: tuple[Mailbox, str], caplog: pytest.LogCaptureFixture
) -> None:
    box, url = mailbox
    wrong = url.replace(PASSWORD, "another-secret")
    with caplog.at_level(logging.DEBUG):
        assert ServiceNotifier(urls=(wrong, url)).notify([event()])
        assert not ServiceNotifier(urls=(wrong,)).notify([event()])
    assert len(box.mails) == 1
    assert b"another-secret" in box.logins
    said = [record.getMessage() for record in caplog.records if record.name == "tieout.notify"]
    assert said == ["Address 1 of notify.url (mailto) did not take it: Tieout acme: run failed"] * 2
    assert "another-secret" not in caplog.text
    assert PASSWORD not in caplog.text + repr(ServiceNotifier(urls=(url,)))


def test_a_receiver_of_json_hears_it_and_no_redirect_is_followed(caplog: pytest.LogCaptureFixture) -> None:
    def answer(asked: Asked) -> Sent:
        return Sent(status=302 if "moved" in asked.target else 200, headers={"Location": "/elsewhere"})

    with raw_server(answer) as server, caplog.at_level(logging.INFO):
        here = server.url.replace("http://", "json://")
        assert ServiceNotifier(urls=(f"{here}/hooks/T0",)).notify([event()])
        assert not ServiceNotifier(urls=(f"{here}/moved/xoxb-hush",)).notify([event()])
    told, moved = server.asked
    assert (told.method, json.loads(told.body)["message"]) == ("POST", event().sentence)
    assert moved.target.startswith("/moved/")
    assert "xoxb-hush" not in caplog.text


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("nonsense://here", "is no address that Apprise knows"),
        ("json://chat.example/T0", "would send the message, and its password, unencrypted"),
        ("mailto://ada:hush@mail.example?to=ops@acme.example", "would send the message, and its password, unencrypted"),
        ("mailto://relay.example/?from=a@acme.example&to=ops@acme.example", None),
        ("mailtos://ada:hush@mail.example?to=ops@acme.example", None),
        ("jsons://chat.example/T0", None),
        ("json://127.0.0.1:8421/T0", None),
    ],
)
def test_an_address_is_looked_at_before_anything_is_sent(url: str, says: str | None) -> None:
    kind = url.partition(":")[0]
    assert ServiceNotifier(urls=(url,)).problems() == ([f"Address 1 of notify.url ({kind}) {says}"] if says else [])
