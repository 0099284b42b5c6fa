"""Signing in by a provider of OpenID Connect, over real HTTP: what has to fit, and what is refused else."""

import json
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from joserfc.jwk import OctKey, RSAKey
from starlette.types import ASGIApp

from pipelines.guard import Guard
from pipelines.login.login import FORMS, Login
from pipelines.login.oidc import OidcDoor
from pipelines.login.permitted import Permitted
from pipelines.login.sessions import Sessions
from pipelines.login.settings import Oidc
from schemas.secrets import remember
from tests.pipelines.login.asgi import HERE, Answer, get, post_form
from tests.pipelines.login.provider import CLIENT, SECRET, Provider, serving_provider
from tests.pipelines.login.test_login import Clock, dagster
from tests.pipelines.login.test_permits import Workspace

ADA = {"email": "ada@acme.example", "email_verified": True, "groups": ["staff", "finance"]}


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with serving_provider(Provider()) as found:
        yield found


@pytest.fixture
def provider(running: Provider) -> Provider:
    """As it is by default."""
    fresh = Provider(person=ADA)
    for name in ("person", "changed", "published", "key", "alg"):
        setattr(running, name, getattr(fresh, name))
    return running


def served(provider: Provider, clock: Clock | None = None, **said: object) -> ASGIApp:
    remember("OIDC", SECRET)
    roles = {"look": ["staff"], "approve": ["finance"]}
    known = {"issuer": provider.url, "client_id": CLIENT, "client_secret": SECRET}
    declared = Oidc.model_validate({**known, **roles, **said})
    clock = clock or Clock()
    door = OidcDoor(declared, HERE, "s" * 40, clock)
    sessions = Sessions("s" * 40, 3_600, 43_200, clock, door.current)
    return Guard(Login(Permitted(dagster, Workspace()), door, sessions, is_encrypted=False), (), FORMS)


def sent_away(app: ASGIApp, following: str = "/runs") -> tuple[str, str]:
    """The address to which a browser is sent, and its cookie."""
    away = get(app, f"/login/start?next={following}")
    assert away.status == 303, away.body
    return away.headers["location"], away.cookie


def sign_in(app: ASGIApp, following: str = "/runs") -> Answer:
    """Follow the whole way, as a browser does."""
    address, cookie = sent_away(app, following)
    back = requests.get(address, allow_redirects=False, timeout=30).headers["location"]
    assert back.startswith(f"{HERE}/login/callback?")
    return get(app, back.removeprefix(HERE), cookie, **{"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"})


def session_of(answer: Answer) -> str:
    return next((each for each in answer.cookie.split("; ") if each.startswith("tieout=")), "")


def test_whoever_comes_from_the_provider_is_known_by_name_and_has_the_highest_role(provider: Provider) -> None:
    app = served(provider)
    shown = get(app, "/login?next=/runs").body.decode()
    assert 'href="/login/start?next=/runs">Sign in with 127.0.0.1</a>' in shown
    inside = sign_in(app)
    assert (inside.status, inside.headers["location"]) == (303, "/runs")
    said = json.loads(get(app, "/", session_of(inside)).body)
    assert (said["name"], said["role"]) == ("ada@acme.example", "approve")
    assert 'tieout-away=""' in inside.cookie


def test_what_a_browser_is_sent_with_can_be_guessed_by_nobody_and_is_new_each_time(provider: Provider) -> None:
    app = served(provider)
    first, second = (dict(parse_qsl(urlsplit(sent_away(app)[0]).query)) for _ in range(2))
    assert first["code_challenge_method"] == "S256"
    assert (first["response_type"], first["redirect_uri"]) == ("code", f"{HERE}/login/callback")
    assert [
        name for name in ("state", "nonce", "code_challenge") if len(first[name]) < 20 or first[name] == second[name]
    ] == []


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another"},
        {"aud": [CLIENT, "another"]},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": 1},
        {"azp": "another"},
        {"email": None},
        {"email": "x" * 101},
        {"email_verified": False},
        {"groups": ["others"]},
        {"groups": None},
    ],
)
def test_an_id_token_that_does_not_hold_lets_nobody_in(provider: Provider, changed: dict[str, object]) -> None:
    provider.changed = lambda claims: {k: v for k, v in {**claims, **changed}.items() if v is not None}
    refused = sign_in(served(provider))
    assert (refused.status, session_of(refused)) == (403, "")


def test_an_id_token_that_the_provider_has_not_signed_lets_nobody_in(provider: Provider) -> None:
    provider.key = RSAKey.generate_key(2048, {"kid": "1"})
    assert sign_in(served(provider)).status == 403
    provider.key, provider.alg = OctKey.import_key(SECRET), "HS256"
    assert sign_in(served(provider)).status == 403
    provider.key = OctKey.import_key(provider.own.as_pem(private=False).replace(b"-----", b""))
    assert sign_in(served(provider)).status == 403


def test_what_comes_back_has_to_fit_what_was_sent(provider: Provider) -> None:
    clock = Clock()
    app = served(provider, clock)
    address, cookie = sent_away(app)
    back = requests.get(address, allow_redirects=False, timeout=30).headers["location"].removeprefix(HERE)
    for path, sent in (
        (back, ""),
        (back, sent_away(app)[1]),
        (back.replace("state=", "state=x"), cookie),
        (back.partition("&state")[0], cookie),
        ("/login/callback", cookie),
        ("/login/callback?error=access_denied&state=x", cookie),
    ):
        assert get(app, path, sent).status == 403
    clock.now += 601
    assert get(app, back, cookie).status == 403
    clock.now -= 601
    assert get(app, back, cookie).status == 303
    assert get(app, back, cookie).status == 403  # a code serves once


@pytest.mark.parametrize(
    ("published", "status"),
    [
        ({"issuer": "https://elsewhere.example"}, 403),
        ({"token_endpoint": "http://elsewhere.example/token"}, 403),
        ({"jwks_uri": "file:///etc/passwd"}, 403),
        ({"authorization_endpoint": "javascript:alert(1)"}, 403),
    ],
)
def test_a_provider_that_is_another_one_is_not_followed(
    provider: Provider, published: dict[str, str], status: int
) -> None:
    provider.published = lambda known: {**known, **published}
    assert get(served(provider), "/login/start").status == status


def test_a_provider_that_does_not_answer_is_a_sentence() -> None:
    app = served(Provider(url="http://127.0.0.1:9"))
    answer = get(app, "/login/start")
    assert (answer.status, b"The provider could not be asked" in answer.body) == (502, True)


def test_nobody_is_led_to_another_server_after_coming_back(provider: Provider) -> None:
    assert sign_in(served(provider), "//evil.example").headers["location"] == "/"


def signed_out(app: ASGIApp, inside: Answer) -> Answer:
    return post_form(app, "/login/out", {}, inside.cookie)


def test_who_signs_out_goes_to_the_provider_with_the_token_by_which_they_came_and_comes_back(
    provider: Provider,
) -> None:
    app = served(provider)
    inside = sign_in(app)
    [hint] = [each for each in inside.headers.getlist("set-cookie") if each.startswith("tieout-hint=")]
    assert "HttpOnly" in hint
    assert "Path=/login;" in hint
    out = signed_out(app, inside)
    assert (out.status, 'tieout=""' in out.cookie, 'tieout-hint=""' in out.cookie) == (200, True, True)
    assert b"You are signed out here." in out.body
    delay, _, address = out.headers["refresh"].partition("; url=")
    assert (delay, address.startswith(f"{provider.url}/end?realm=acme&")) == ("0", True)
    asked = dict(parse_qsl(urlsplit(address).query))
    assert (asked["client_id"], asked["id_token_hint"]) == (CLIENT, hint.partition("=")[2].partition(";")[0])
    back = requests.get(address, allow_redirects=False, timeout=30)
    assert back.headers["location"].startswith(f"{HERE}/login?state=")
    assert b"Sign in with 127.0.0.1" in get(app, back.headers["location"].removeprefix(HERE)).body
    assert get(app, "/", session_of(inside)).status == 303


@pytest.mark.parametrize(
    "end", [None, "javascript:alert(1)", "http://elsewhere.example/end", "https://a.example/end?x=\r\nX: y"]
)
def test_where_the_provider_offers_no_way_out_that_can_be_trusted_the_page_says_so(
    provider: Provider, end: str | None
) -> None:
    provider.published = lambda known: {**known, "end_session_endpoint": end}
    app = served(provider)
    out = signed_out(app, sign_in(app))
    assert ("refresh" in out.headers, out.status) == (False, 200)
    assert b"may still be signed in at 127.0.0.1" in out.body


def test_nobody_goes_to_the_provider_where_the_settings_say_so_or_where_it_is_away(provider: Provider) -> None:
    app = served(provider, sign_out_there=False)
    inside = sign_in(app)
    assert "tieout-hint" not in inside.cookie
    assert "refresh" not in signed_out(app, inside).headers
    alone = Provider(person=ADA)
    with serving_provider(alone):
        app = served(alone)
        inside = sign_in(app)
    elsewhere = served(Provider(url=alone.url))  # another server, which has not asked the provider about itself yet
    assert b"may still be signed in" in signed_out(elsewhere, inside).body


def test_a_token_too_long_for_a_cookie_is_not_kept_and_the_provider_asks_who_it_is(provider: Provider) -> None:
    provider.changed = lambda claims: {**claims, "more": "x" * 4_000}
    app = served(provider)
    inside = sign_in(app)
    assert "tieout-hint" not in inside.cookie
    address = signed_out(app, inside).headers["refresh"]
    assert "id_token_hint" not in address
    assert f"client_id={CLIENT}" in address


def test_another_claim_may_say_name_and_role(provider: Provider) -> None:
    provider.person = {"preferred_username": "ada", "department": "finance"}
    app = served(provider, name_claim="preferred_username", role_claim="department")
    said = json.loads(get(app, "/", session_of(sign_in(app))).body)
    assert (said["name"], said["role"]) == ("ada", "approve")
