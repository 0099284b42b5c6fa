"""Whatever answers in NetSuite's place, and whatever it says: one sentence that is true, or the script's own answer."""

import gzip
import json
import re
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.http.answer import LARGEST_ANSWER, Reply
from resources.netsuite_api import NetsuiteClient, NetsuiteSettings, RetryPolicy, Timeouts, TokenLogin
from resources.netsuite_api.session.account import addresses
from resources.netsuite_api.session.answers import VERSION, check
from resources.netsuite_api.session.authorization import BearerAuthorization
from sandbox.netsuite_standin import Options
from schemas.errors import AccessError, InternalError, TieoutError, TransientError
from tests.resources.answering import answering
from tests.resources.netsuite_api.netsuite_world import certificate_login, connected

TOKEN = TokenLogin(consumer_key="a", consumer_secret="b", token_id="c", token_secret="d")
HASTE = RetryPolicy(attempts=2, first_wait=0.01, longest_wait=0.02)
SHORT = Timeouts(connect_seconds=2, answer_seconds=5)
HTML = b"<html>Access denied</html>"


def sentence(status: int, body: bytes, login: Any = TOKEN, **headers: str) -> tuple[type[TieoutError], str]:  # noqa: ANN401
    """What is said of a server that gives this answer to everything."""
    with answering(status, body, **headers) as server:
        account = NetsuiteSettings(
            account="1234567", login=login, base_url=server.url, retry_policy=HASTE, timeouts=SHORT
        )
        with NetsuiteClient(account) as client, pytest.raises(TieoutError) as raised:
            client.health()
    said = str(raised.value)
    assert said.isprintable()
    assert len(said) < 700
    return raised.type, said


@pytest.mark.parametrize("login", [TOKEN, certificate_login()], ids=["restlet", "token endpoint"])
@pytest.mark.parametrize("status", [401, 403, 404, 407, 418])
def test_the_page_of_a_proxy_is_no_refused_login(status: int, login: Any) -> None:  # noqa: ANN401
    kind, said = sentence(status, HTML, login, Content_Type="text/html")
    assert kind is AccessError
    assert f"something that is not NetSuite (HTTP {status} with text/html)" in said
    assert "The login itself was not refused" in said


@pytest.mark.parametrize("login", [TOKEN, certificate_login()], ids=["restlet", "token endpoint"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed_nowhere(status: int, login: Any) -> None:  # noqa: ANN401
    with answering() as elsewhere:
        kind, said = sentence(status, b"", login, Location=f"{elsewhere.url}/stolen")
    assert kind is AccessError
    assert "another data centre" in said
    assert elsewhere.seen == []


@pytest.mark.parametrize("login", [TOKEN, certificate_login()], ids=["restlet", "token endpoint"])
@pytest.mark.parametrize(
    "body", [b"[]", b"7", b"null", b'{"ok": tr', b"", b"\xff\xfe", b'"text"', HTML, b"[" * 100_000]
)
def test_a_good_status_with_a_bad_body(body: bytes, login: Any) -> None:  # noqa: ANN401
    kind, _ = sentence(200, body, login, Content_Type="application/json")
    assert issubclass(kind, AccessError | TransientError)


def test_an_answer_that_unpacks_to_too_much_is_not_kept() -> None:
    packed = gzip.compress(bytes(LARGEST_ANSWER + (1 << 20)))
    kind, said = sentence(200, packed, Content_Encoding="gzip", Content_Type="application/json")
    assert kind is AccessError
    assert "larger than 32 MB" in said
    kind, said = sentence(200, packed[:1000], Content_Encoding="gzip")
    assert issubclass(kind, TransientError)
    kind, said = sentence(200, b"not packed", Content_Encoding="gzip")
    assert "damaged" in said


def test_what_the_server_says_is_cut_and_has_no_control_characters() -> None:
    body = orjson.dumps({"error": {"code": "X\x1b[31m\nINJECTED" * 20, "message": "\x00\x07line\r\nnext " * 200}})
    _, said = sentence(400, body)
    assert re.search(r"X\[31mINJECTED", said)
    assert "\x1b" not in said


def test_a_fault_that_stays_says_what_it_was() -> None:
    body = b'{"error": {"code": "UNEXPECTED_ERROR", "message": "An unexpected error occurred. Error ID: k2x"}}'
    kind, said = sentence(500, body)
    assert issubclass(kind, TransientError)
    assert "HTTP 500, UNEXPECTED_ERROR: An unexpected error occurred. Error ID: k2x" in said
    assert "at the last of 2 tries" in said


@pytest.mark.parametrize("status", [400, 403])
@pytest.mark.parametrize("code", ["INSUFFICIENT_PERMISSION", "SSS_INVALID_SCRIPTLET_ID", "SSS_INVALID_DEPLOYMENT_ID"])
def test_a_role_outside_the_audience_is_no_refused_login(status: int, code: str) -> None:
    outside = Options(in_audience=False, outside=(status, code))
    with connected(options=outside) as (client, _), pytest.raises(AccessError) as raised:
        client.health()
    assert "has the role in its audience" in str(raised.value)
    assert "login" not in str(raised.value)


def test_a_usage_limit_is_named_as_one() -> None:
    kind, said = sentence(400, b'{"error": {"code": "SSS_USAGE_LIMIT_EXCEEDED", "message": "Usage Limit Exceeded"}}')
    assert kind is AccessError
    assert "used up its units" in said


def test_the_rest_form_of_a_refused_login_is_one() -> None:
    body = orjson.dumps({"title": "Unauthorized", "o:errorDetails": [{"detail": "x", "o:errorCode": "INVALID_LOGIN"}]})
    assert "refuses the login (INVALID_LOGIN)" in sentence(401, body)[1]
    assert "refuses the login (HTTP 401)" in sentence(401, b"", WWW_Authenticate='Bearer realm="1234567"')[1]


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from('a\\"u8d\n\ud83d\ude00\U0001f600é'), max_size=12))
def test_half_a_character_where_a_text_was_cut_is_a_letter_that_was_lost(text: str) -> None:
    body = json.dumps({"ok": True, "version": VERSION, "text": text}).encode()
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    assert check(Reply(200, {}, body), "customscript_tieout", 0.0)["text"] == whole


CODES = ["INVALID_LOGIN", "DUP_RCRD", "INVALID_SEARCH", "INSUFFICIENT_PERMISSION", "x" * 500, "\x00\n", ""]
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(CODES)
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["ok", "version", "error", "code", "message", "o:errorDetails", "access_token", "expires_in"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


def _packed(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS) if _fits(value) else b"{"


def _fits(value: object) -> bool:
    try:
        orjson.dumps(value)
    except (TypeError, orjson.JSONEncodeError):
        return False
    return True


bodies = st.binary(max_size=60) | values.map(_packed)
headers = st.dictionaries(
    st.sampled_from(["Content-Type", "WWW-Authenticate", "Date"]), st.text(max_size=30), max_size=3
)


def raised_by(ask: Callable[[], object]) -> TieoutError | None:
    """What of ours it raises; what is not ours goes on."""
    try:
        ask()
    except TieoutError as error:
        return error
    return None


@settings(max_examples=800, deadline=None)
@given(st.integers(100, 599), bodies, headers)
def test_any_answer_of_the_restlet_is_an_answer_or_one_sentence(status: int, body: bytes, given: Any) -> None:  # noqa: ANN401
    error = raised_by(lambda: check(Reply(status, given, body), "customscript_tieout", 0.0))
    assert not isinstance(error, InternalError) or status in {405, 415}
    assert str(error).isprintable()
    assert len(str(error)) < 700


@settings(max_examples=400, deadline=None)
@given(st.integers(100, 599), bodies, headers)
def test_any_answer_of_the_token_endpoint_is_a_token_or_one_sentence(status: int, body: bytes, given: Any) -> None:  # noqa: ANN401
    bearer = BearerAuthorization(
        certificate_login(), addresses("1234567", "a", "b"), lambda *_: Reply(status, given, body), lambda: 0.0
    )
    error = raised_by(bearer._fetch)
    assert not isinstance(error, InternalError)
    assert str(error).isprintable()
    assert len(str(error)) < 700
