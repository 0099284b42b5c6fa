"""What a client can observe of NetSuite over HTTP, row by row: the stand-in answers as the service does, or stricter.

One server answers all rows; its script says what it was given. What a script can observe is in
`test_netsuite_standin_facts`.
"""

from collections.abc import Iterator

import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from joserfc import jwt
from joserfc.jwk import ECKey

from sandbox.netsuite_standin import Fault, Options, Script, World
from sandbox.netsuite_standin.options import FaultKind
from tests.sandbox.netsuite import OPEN, Asker, netsuite

NOW = 1_800_000_000
TOKEN = "/services/rest/auth/oauth2/v1/token"
AUDIENCE = f"https://1234567-sb1.suitetalk.api.netsuite.com{TOKEN}"
ECHO = """define([], () => ({
  get: (given) => given,
  post: (given) => {
    if (given && (given.fails || given === 'fail')) { throw Object.assign(new Error('no'), { name: 'MINE' }); }
    return given === 'object' ? {} : (given && given.text) || given;
  },
}));"""
KEY = ec.generate_private_key(ec.SECP256R1())


def public(key: PrivateKeyTypes) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


@pytest.fixture(scope="module", name="ns")
def _ns() -> Iterator[Asker]:
    with netsuite(World(), Options(clock=lambda: NOW, most_bytes=2_000)) as asker:
        asker.server.script = Script.of(ECHO)
        asker.server.register_certificate("client", "certificate", public(KEY), until=NOW + 100)
        asker.server.register_certificate("client", "old", public(KEY), until=NOW)
        yield asker


def call(
    ns: Asker, method: str = "POST", query: str = "", body: bytes | None = None, **headers: str
) -> requests.Response:
    given = {"Authorization": f"Bearer {OPEN}", **{name.replace("_", "-"): value for name, value in headers.items()}}
    address = ns.address.split("?")[0] + "?" + (query or ns.address.split("?")[1])
    return requests.request(method, address, data=body, headers=given, timeout=20, allow_redirects=False)


NAMED = "script=customscript_tieout&deploy=customdeploy_tieout"


@pytest.mark.parametrize(
    ("method", "query", "kind", "body", "status", "code"),
    [
        ("POST", "", "application/json", b"{", 400, "INVALID_REQUEST"),
        ("POST", "", "text/plain", b"\xff", 400, "INVALID_REQUEST"),
        ("POST", "", "text/plain", b"object", 400, "INVALID_RETURN_DATA_FORMAT"),
        ("POST", "", "application/json", b'{"text":"x"}', 400, "INVALID_RETURN_DATA_FORMAT"),
        ("POST", "", "Application/JSON", b"{}", 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("POST", "", "application/x-www-form-urlencoded", b"a=1", 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("POST", "", None, b"{}", 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("POST", "", None, None, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("GET", "", "application/json", b"{}", 400, "INVALID_REQUEST"),
        ("GET", "script=nope&deploy=1", None, None, 400, "SSS_INVALID_SCRIPTLET_ID"),
        ("POST", "", "text/plain", b"fail", 400, "MINE"),
        ("PUT", "", "application/json", b"{}", 405, "METHOD_NOT_ALLOWED"),
        ("DELETE", "", "application/json", None, 405, "METHOD_NOT_ALLOWED"),
        ("POST", "", "application/json", b'{"fails":true}', 400, "MINE"),
        ("POST", "", "application/json", b'{"x":"' + b"y" * 2_000 + b'"}', 400, "SSS_FILE_CONTENT_SIZE_EXCEEDED"),
        ("POST", "script=customscript_tieout", "application/json", b"{}", 400, "SSS_INVALID_SCRIPTLET_ID"),
        ("POST", "script=nope&deploy=1", "application/json", b"{}", 400, "SSS_INVALID_SCRIPTLET_ID"),
    ],
)
def test_a_call_is_refused(
    ns: Asker, method: str, query: str, kind: str | None, body: bytes | None, status: int, code: str
) -> None:
    answer = call(ns, method, query, body, **({"Content_Type": kind} if kind else {}))
    assert answer.status_code == status
    if kind in {None, "text/plain"}:
        assert answer.headers["Content-Type"].startswith("text/plain")
        assert answer.text.startswith(f"error code: {code}\nerror message: ")
    else:
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.text.startswith('{"error" : {"code" : "' + code + '", "message" : "')
        assert answer.json()["error"]["code"] == code


@pytest.mark.parametrize("kind", ["limit", "busy", "error"])
def test_a_fault_that_has_an_error_has_the_form_of_its_request(ns: Asker, kind: FaultKind) -> None:
    ns.server.fail(Fault(kind=kind, times=2))
    told = call(ns, body=b"{}", Content_Type="application/json").json()["error"]
    plain = call(ns, body=b"{}", Content_Type="text/plain").text
    assert plain == f"error code: {told['code']}\nerror message: {told['message']}"


def test_a_call_is_answered(ns: Asker) -> None:
    asked = call(ns, "GET", f"{NAMED}&n=1", Content_Type="application/json")
    assert (asked.status_code, asked.json()["n"]) == (200, "1"), "all parameters of a query are text"
    posted = call(ns, body=b'{"n":1}', Content_Type="application/json")
    assert (posted.status_code, posted.json(), posted.headers["Content-Type"]) == (200, {"n": 1}, "application/json")
    plain = call(ns, body=b'{"n":1}', Content_Type="text/plain")
    assert (plain.text, plain.headers["Content-Type"].split(";")[0]) == ('{"n":1}', "text/plain")
    assert call(ns, query="script=1017&deploy=1", body=b"{}", Content_Type="application/json").status_code == 200


def test_other_methods_and_addresses_there_are_none(ns: Asker) -> None:
    assert call(ns, "PATCH", body=b"{}", Content_Type="application/json").status_code == 405
    assert requests.get(f"{ns.server.url}/nothing", timeout=20).status_code == 404
    assert requests.get(f"{ns.server.url}{TOKEN}", timeout=20).status_code == 405


def form(header: dict[str, str] | None = None, **claims: object) -> dict[str, str]:
    private = KEY.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    whole = {"iss": "client", "aud": AUDIENCE, "scope": ["restlets"], "iat": NOW, "exp": NOW + 3_599, **claims}
    signed = {"alg": "ES256", "typ": "JWT", "kid": "certificate", **(header or {})}
    return {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": jwt.encode(signed, whole, ECKey.import_key(private.decode())),
    }


def log_in(ns: Asker, given: dict[str, str] | None = None) -> requests.Response:
    return requests.post(ns.server.url + TOKEN, data=given, timeout=20)


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"scope": "rest_webservices,restlets"},
        {"scope": ["restlets", "rest_webservices", "suite_analytics"], "jti": "1"},
        {"aud": AUDIENCE.replace("suitetalk", "restlets")},
    ],
)
def test_an_assertion_gives_a_token(ns: Asker, claims: dict[str, object]) -> None:
    answer = log_in(ns, form(None, **claims))
    assert (answer.status_code, sorted(answer.json())) == (200, ["access_token", "expires_in", "token_type"])


def without(name: str) -> dict[str, str]:
    return {key: value for key, value in form().items() if key != name}


REFUSED = [
    (without("grant_type"), 400, "invalid_request"),
    (without("client_assertion"), 400, "invalid_request"),
    (without("client_assertion_type"), 400, "invalid_request"),
    ({**form(), "client_assertion_type": "jwt"}, 400, "invalid_request"),
    ({**form(), "grant_type": "password"}, 400, "unsupported_grant_type"),
    ({**form(), "client_assertion": "a.b.c"}, 400, "invalid_grant"),
    ({**form(), "client_assertion": form()["client_assertion"][:-4] + "AAAA"}, 400, "invalid_grant"),
    (form(exp=NOW + 3_600), 400, "invalid_grant"),
    (form(exp=NOW), 400, "invalid_grant"),
    (form(aud="https://7654321.suitetalk.api.netsuite.com" + TOKEN), 400, "invalid_grant"),
    (form(scope="rest_webservices restlets"), 400, "invalid_scope"),
    (form(scope=["restlets", "everything"]), 400, "invalid_scope"),
    (form(scope=[]), 400, "invalid_scope"),
    (form(iss="somebody"), 401, "invalid_client"),
    (form({"kid": "unknown"}), 401, "invalid_client"),
    (form({"kid": "old"}), 401, "invalid_client"),
    (form({"typ": "JOSE"}), 400, "invalid_request"),
]


@pytest.mark.parametrize(("given", "status", "code"), REFUSED)
def test_a_login_is_refused(ns: Asker, given: dict[str, str], status: int, code: str) -> None:
    answer = log_in(ns, given)
    assert (answer.status_code, answer.json()) == (status, {"error": code})
    realm = answer.headers.get("WWW-Authenticate")
    assert realm == ('Basic realm="1234567_SB1"' if status == 401 else None)


def test_a_login_that_is_no_form_is_refused(ns: Asker) -> None:
    answer = requests.post(ns.server.url + TOKEN, json=form(), timeout=20)
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})


@pytest.mark.parametrize("made", [ec.generate_private_key(ec.SECP256K1()), rsa.generate_private_key(65537, 2048)])
def test_a_certificate_of_a_weak_key_is_not_taken(ns: Asker, made: PrivateKeyTypes) -> None:
    with pytest.raises(ValueError, match="3072"):
        ns.server.register_certificate("client", "weak", public(made))
