"""The login before a small web server, in one process: who comes in, what each may ask, and when a session ends."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from starlette.types import ASGIApp, Receive, Scope, Send

from assets.signed_in import WHO
from pipelines.guard import Guard
from pipelines.login.attempts import Attempts
from pipelines.login.doors import SORRY, TOO_OFTEN, PasswordDoor
from pipelines.login.login import FORMS, Login
from pipelines.login.people import People, add_person
from pipelines.login.permitted import Permitted
from pipelines.login.sessions import PERSON, Seal, Sessions
from tests.pipelines.login.asgi import HERE, Answer, ask, get, graphql, listen, post_form, scope
from tests.pipelines.login.test_permits import LAUNCH, READS, WRITES, Workspace, execution

PASSWORD = "correct horse battery"
SECRET = "s" * 40
ENTRY = {"id": "1", "type": "start", "payload": {"query": "subscription { a }"}}
INIT = {"type": "connection_init"}


async def dagster(scope: Scope, receive: Receive, send: Send) -> None:
    """Says who asks and what; over a websocket it repeats what it hears."""
    person = scope[PERSON]
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] != "websocket.disconnect":
            if "text" in message:
                await send({"type": "websocket.send", "text": message["text"]})
        return
    body = (await receive())["body"] if scope["method"] == "POST" else b"null"
    said = {"name": person.name, "role": person.role, "path": scope["path"], "asked": json.loads(body)}
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": json.dumps(said).encode()})


class Clock:
    """A moment that a test moves."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("people") / "people"
    for name in ("look", "plan", "approve"):
        add_person(file, name.title(), name, PASSWORD)
    return file


@pytest.fixture
def file(kept: Path, tmp_path: Path) -> Path:
    file = tmp_path / "people"
    file.write_text(kept.read_text())
    file.chmod(0o600)
    return file


@pytest.fixture
def app(file: Path, clock: Clock) -> ASGIApp:
    return served(file, clock)


def served(file: Path, clock: Callable[[], float], *, read_only: bool = False, is_encrypted: bool = False) -> ASGIApp:
    return before(Permitted(dagster, Workspace(), read_only=read_only), file, clock, is_encrypted=is_encrypted)


def before(app: ASGIApp, file: Path, clock: Callable[[], float], *, is_encrypted: bool = False) -> ASGIApp:
    door = PasswordDoor(People(file), Attempts(3, 900, clock), Attempts(5, 900, clock))
    sessions = Sessions(SECRET, 3_600, 43_200, clock, door.current)
    return Guard(Login(app, door, sessions, is_encrypted=is_encrypted), (), FORMS)


def sign_in(
    app: ASGIApp, name: str, password: str = PASSWORD, following: str = "/", address: str = "127.0.0.1"
) -> Answer:
    return post_form(app, "/login", {"name": name, "password": password, "next": following}, address=address)


def test_without_a_session_a_page_leads_to_the_login_and_everything_else_is_refused(app: ASGIApp) -> None:
    page = get(app, "/runs?q=1")
    assert (page.status, page.headers["location"]) == (303, "/login?next=%2Fruns%3Fq%3D1")
    form = get(app, "/login?next=%2Fruns%3Fq%3D1")
    assert (form.status, b'value="/runs?q=1"' in form.body) == (200, True)
    assert form.headers["cache-control"] == "no-store"
    for path in ("/logs/a", "/results/acme/plan.csv", "/download_debug/a", "/server_info", "/static/a.js"):
        assert get(app, path, accept="*/*").status == 401
    asked = graphql(app, "", "{ version }")
    assert (asked.status, "load the page again" in json.loads(asked.body)["errors"][0]["message"]) == (401, True)
    [closed] = listen(app, "", [INIT])
    assert (closed["type"], closed["code"]) == ("websocket.close", 1008)


def test_whoever_signs_in_is_known_to_what_is_behind(app: ASGIApp) -> None:
    inside = sign_in(app, "Plan", following="/runs?q=1")
    assert (inside.status, inside.headers["location"]) == (303, "/runs?q=1")
    said = json.loads(get(app, "/runs", inside.cookie).body)
    assert (said["name"], said["role"]) == ("Plan", "plan")
    shown = get(app, "/login", inside.cookie).body.decode()
    assert "<strong>Plan</strong> and may plan" in shown


def test_the_cookie_is_for_no_script_no_other_page_and_no_open_line(file: Path, clock: Clock) -> None:
    [plain] = sign_in(served(file, clock), "Look").headers.getlist("set-cookie")
    assert plain.startswith("tieout=")
    assert sorted(plain.lower().split("; ")[1:]) == ["httponly", "path=/", "samesite=lax"]
    [encrypted] = sign_in(served(file, clock, is_encrypted=True), "Look").headers.getlist("set-cookie")
    assert encrypted.startswith("__Host-tieout=")
    assert sorted(encrypted.lower().split("; ")[1:]) == ["httponly", "path=/", "samesite=lax", "secure"]


def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(app: ASGIApp) -> None:
    answers = [sign_in(app, name, word) for name, word in (("Nobody", PASSWORD), ("Look", "wrong"), ("Look", ""))]
    bodies = {answer.body.replace(_nonce(answer), b"") for answer in answers}
    assert [answer.status for answer in answers] == [403, 403, 403]
    assert len(bodies) == 1
    assert SORRY in bodies.pop().decode()
    assert [answer.cookie for answer in answers] == ["", "", ""]


def _nonce(answer: Answer) -> bytes:
    return answer.headers["content-security-policy"].partition("nonce-")[2].partition("'")[0].encode()


def test_attempts_are_limited_by_address_and_by_name_until_time_has_passed(app: ASGIApp, clock: Clock) -> None:
    assert [sign_in(app, name, "wrong").status for name in ("a", "b", "c", "d")] == [403, 403, 403, 429]
    assert TOO_OFTEN in sign_in(app, "Look").body.decode()
    for number in range(5):
        assert sign_in(app, "Look", "wrong", address=f"10.0.0.{number}").status == 403
    assert sign_in(app, "Look", address="10.0.0.9").status == 429
    assert sign_in(app, "Plan", address="10.0.0.9").status == 303
    clock.now += 901
    assert sign_in(app, "Look").status == 303


def test_attempts_that_succeed_do_not_count(app: ASGIApp) -> None:
    assert [sign_in(app, "Look").status for _ in range(7)] == [303] * 7


@pytest.mark.parametrize("origin", ["", "http://evil.example", "null", "http://127.0.0.1:3001"])
def test_no_other_page_signs_anybody_in_or_out(app: ASGIApp, origin: str) -> None:
    cookie = sign_in(app, "Look").cookie
    fields = {"name": "Look", "password": PASSWORD}
    assert post_form(app, "/login", fields, origin=origin).status == 403
    assert post_form(app, "/login/out", {}, cookie, origin=origin).status == 403
    assert get(app, "/", cookie).status == 200


@pytest.mark.parametrize("origin", ["", "http://evil.example"])
def test_a_session_changes_nothing_from_another_page(app: ASGIApp, origin: str) -> None:
    cookie = sign_in(app, "Approve").cookie
    assert graphql(app, cookie, "mutation { reloadWorkspace { x } }", origin=origin).status == 403
    assert listen(app, cookie, [INIT], origin="http://evil.example")[0]["type"] == "websocket.close"


def test_a_session_ends_when_its_person_signs_out(app: ASGIApp) -> None:
    cookie = sign_in(app, "Look").cookie
    out = post_form(app, "/login/out", {}, cookie)
    assert (out.status, out.headers["location"]) == (303, "/login")
    assert out.cookie.startswith('tieout=""')
    assert get(app, "/", cookie).status == 303
    assert listen(app, cookie, [INIT])[0]["type"] == "websocket.close"


def test_a_session_ends_when_it_is_idle_and_when_it_is_old(app: ASGIApp, clock: Clock) -> None:
    cookie = sign_in(app, "Look").cookie
    clock.now += 3_601
    assert get(app, "/", cookie).status == 303
    cookie, hours = sign_in(app, "Look").cookie, 0
    while (answer := get(app, "/", cookie)).status == 200:
        cookie, hours = answer.cookie or cookie, hours + 1
        clock.now += 3_500
    assert hours == 13


def test_a_session_ends_with_its_account_and_follows_its_role(app: ASGIApp, file: Path) -> None:
    cookie = sign_in(app, "Plan").cookie
    file.write_text(file.read_text().replace("Plan:plan:", "Plan:look:"))
    assert json.loads(get(app, "/", cookie).body)["role"] == "look"
    add_person(file, "Plan", "approve", "another password")
    assert get(app, "/", cookie).status == 303
    cookie = sign_in(app, "Look").cookie
    file.write_text("broken")
    assert get(app, "/", cookie).status == 303


@pytest.mark.parametrize("key", [b"another key of some length", b""])
def test_a_cookie_that_was_not_made_here_is_none(app: ASGIApp, clock: Clock, key: bytes) -> None:
    claims = {"name": "Approve", "role": "approve", "id": "x", "since": clock.now, "seen": clock.now, "mark": ""}
    forged = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(key or SECRET.encode()))
    assert get(app, "/", f"tieout={forged}").status == 303
    other = Seal(SECRET, "away").sealed(claims)
    assert get(app, "/", f"tieout={other}").status == 303
    head, body, _ = Seal(SECRET, "session").sealed(claims).split(".")
    assert get(app, "/", f"tieout={head}.{body}.").status == 303


def test_what_is_started_goes_on_with_the_name_and_what_is_not_allowed_does_not_go_on(app: ASGIApp) -> None:
    forged = execution(READS, executionMetadata={"tags": [{"key": WHO, "value": "Approve"}]})
    cookie = sign_in(app, "Plan").cookie
    passed = json.loads(graphql(app, cookie, LAUNCH, {"p": forged}).body)
    tags = passed["asked"]["variables"]["p"]["executionMetadata"]["tags"]
    assert tags == [{"key": WHO, "value": "Plan"}]
    refused = graphql(app, cookie, LAUNCH, {"p": execution(WRITES)})
    assert shown(refused) == ["You may plan; for this somebody is needed who may approve."]
    assert graphql(app, sign_in(app, "Approve").cookie, LAUNCH, {"p": execution(WRITES)}).status == 200
    assert shown(graphql(app, sign_in(app, "Look").cookie, LAUNCH, {"p": execution(READS)}))
    assert graphql(app, sign_in(app, "Look").cookie, "{ version }").status == 200


def shown(refused: Answer) -> list[str]:
    """What Dagster's pages show of what was not started; nothing of it was handed on."""
    return [
        each["message"] for each in json.loads(refused.body)["data"].values() if each["__typename"] == "PythonError"
    ]


def test_a_refusal_is_in_the_place_of_what_was_asked_or_an_error_of_graphql(app: ASGIApp) -> None:
    cookie, given = sign_in(app, "Look").cookie, {"p": execution(READS)}
    launch = "launchRun(executionParams: $p) { x }"
    two = f"mutation($p: ExecutionParams!) {{ a: {launch} {launch} }}"
    answer = graphql(app, cookie, two, given)
    assert (answer.status, list(json.loads(answer.body)["data"])) == (200, ["a", "launchRun"])
    both = f"mutation($p: ExecutionParams!) {{ {launch} reloadWorkspace {{ x }} }}"
    for query in (both, "mutation { reloadWorkspace { x } }", "mutation { nothing }", "{"):
        answer = graphql(app, cookie, query, given)
        assert (answer.status, json.loads(answer.body)["data"]) == (403, None)


@pytest.mark.parametrize("path", ["/report_asset_materialization/a", "/graphql/", "//graphql", "/GraphQL", "/anything"])
def test_no_other_path_takes_what_changes_something(app: ASGIApp, path: str) -> None:
    for name in ("Look", "Plan", "Approve"):
        cookie = sign_in(app, name).cookie
        answer = post_json(app, path, cookie)
        is_report = path.startswith("/report_asset_")
        assert answer.status == (200 if is_report and name == "Approve" else 403)


def post_json(app: ASGIApp, path: str, cookie: str) -> Answer:
    headers = {"content-type": "application/json", "origin": HERE, "cookie": cookie}
    return ask(app, scope("http", "POST", path, headers), b"{}")


def test_read_only_takes_every_role_away(file: Path, clock: Clock) -> None:
    app = served(file, clock, read_only=True)
    cookie = sign_in(app, "Approve").cookie
    assert json.loads(get(app, "/", cookie).body)["role"] == "look"
    assert shown(graphql(app, cookie, LAUNCH, {"p": execution(READS)})) == [
        "You may look; for this somebody is needed who may plan."
    ]
    alone = Guard(Permitted(dagster, Workspace(), read_only=True))
    assert json.loads(graphql(alone, "", "{ version }").body)["role"] == "look"
    assert shown(graphql(alone, "", LAUNCH, {"p": execution(READS)})) == ["This page can only be read."]


def test_a_websocket_hears_subscriptions_and_nothing_else(app: ASGIApp) -> None:
    cookie = sign_in(app, "Look").cookie
    heard = listen(app, cookie, [INIT, ENTRY, {"id": "1", "type": "stop"}])
    assert [each["type"] for each in heard] == ["websocket.accept", *["websocket.send"] * 3]
    for query in ("mutation { reloadWorkspace { x } }", "{ version }"):
        *_, closed = listen(app, cookie, [INIT, {**ENTRY, "payload": {"query": query}}])
        assert (closed["type"], closed["code"]) == ("websocket.close", 1008)
    *_, closed = listen(app, cookie, [{"type": "anything"}])
    assert closed["type"] == "websocket.close"


def test_a_websocket_is_closed_when_its_session_ends(file: Path, clock: Clock) -> None:
    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await dagster_for_hours(clock, scope, receive, send)

    app = before(slow, file, clock)
    heard = listen(app, sign_in(app, "Look").cookie, [])
    assert [each["type"] for each in heard] == ["websocket.accept", "websocket.send", "websocket.close"]


async def dagster_for_hours(clock: Clock, _: Scope, __: Receive, send: Send) -> None:
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": "now"})
    clock.now += 50_000
    await send({"type": "websocket.send", "text": "in the night"})
    await send({"type": "websocket.send", "text": "still"})


@pytest.mark.parametrize(
    "following", ["https://evil.example", "//evil.example", "/\\evil.example", "/a\nb", "/login/out"]
)
def test_nobody_is_led_to_another_server(app: ASGIApp, following: str) -> None:
    assert sign_in(app, "Look", following=following).headers["location"] == "/"


def test_dagsters_page_says_who_is_signed_in_and_no_other_page_is_touched(file: Path, clock: Clock) -> None:
    pages = {"/": b'<body><div id="root"></div></body>', "/results/acme/report.html": b"<body>a report</body>"}

    async def html(scope: Scope, _: Receive, send: Send) -> None:
        body = pages[scope["path"]]
        headers = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    app = before(html, file, clock)
    cookie = sign_in(app, "Look").cookie
    page = get(app, "/", cookie)
    assert (b">Look \xc2\xb7 may look" in page.body, int(page.headers["content-length"])) == (True, len(page.body))
    assert get(app, "/results/acme/report.html", cookie).body == pages["/results/acme/report.html"]


def test_a_large_form_and_a_large_request_are_not_read(app: ASGIApp) -> None:
    assert sign_in(app, "Look", "x" * 20_000).status == 403
    assert graphql(app, sign_in(app, "Look").cookie, "{ version }" + " " * 5_000_000).status == 413
