"""What a client or a script can observe of NetSuite, row by row: the stand-in answers as the service does, or stricter.

Scripts run in the stand-in's engine without a server; the addresses are asked over HTTP, of one server for all rows.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from joserfc import jwt
from joserfc.jwk import ECKey

from sandbox.netsuite_standin import STANDARD_COLUMNS, Column, Options, SavedSearch, World, script
from sandbox.netsuite_standin.errors import ScriptError
from sandbox.netsuite_standin.script import Host
from tests.sandbox.netsuite import OPEN, Asker, netsuite

NOW = 1_800_000_000
TOKEN = "/services/rest/auth/oauth2/v1/token"
AUDIENCE = f"https://1234567-sb1.suitetalk.api.netsuite.com{TOKEN}"
COLUMNS = (
    *STANDARD_COLUMNS,
    Column("custentity_region"),
    Column("formulatext", formula="a {email}"),
    Column("formulatext", formula="b {email}"),
    Column("formulatext", "Long", formula="{comments}"),
)
SEARCHES = {
    "customsearch_tieout": SavedSearch(columns=COLUMNS),
    "customsearch_groups": SavedSearch(columns=(Column("email", summary="GROUP"),)),
    "customsearch_vendors": SavedSearch(columns=(Column("internalid"),), record_type="vendor"),
}


def world() -> World:
    made = World(others={"cus_vendor"}, custom_fields={"custentity_tieout_stripe_id", "custentity_region"})
    made.insert(3, companyname="Three", email="c@example.com", externalid="cus_3", comments="é" * 2_100)
    made.insert(1, companyname="One", isinactive=True, email="a@example.com", stage="LEAD", externalid="Cus_Upper")
    made.insert(2, companyname="Two", email="b@example.com", entityid="Two Ltd")
    made.lock_by_workflow(made.insert(4, companyname="Four"))
    made.insert(5, isperson=True, firstname="Ada", lastname="L")
    return made


def run(expression: str, there: World | None = None, options: Options | None = None) -> Any:  # noqa: ANN401
    """Give what an expression over the N/* modules is worth, `run` being the saved search's result set."""
    source = f"""define(['N/search', 'N/record', 'N/runtime'], (search, record, runtime) => ({{ post: () => {{
        const found = search.load({{ id: 'customsearch_tieout' }});
        const rows = () => found.run().getRange({{ start: 0, end: 10 }});
        const sorted = (order) => {{ found.columns[0].sort = order; return rows(); }};
        const load = (id) => record.load({{ type: 'customer', id }});
        const save = (id, fieldId, value, given) => load(id).setValue({{ fieldId, value }}).save(given);
        const used = (act) => {{ const before = left(); act(); return before - left(); }};
        const left = () => runtime.getCurrentScript().getRemainingUsage();
        return {expression};
    }} }}))"""
    return script.run(source, "post", {}, Host(there or world(), options or Options(), SEARCHES))


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        # what is found, in which form
        ("sorted('ASC').map((r) => r.id)", ["1", "2", "3", "4", "5"]),
        ("sorted('DESC').map((r) => r.id)", ["5", "4", "3", "2", "1"]),
        ("rows().map((r) => r.id).sort()", ["1", "2", "3", "4", "5"]),
        ("rows().map((r) => r.id).join('') === '12345'", False),
        ("rows().map((r) => r.id).join('') === '54321'", False),
        ("sorted('ASC')[0].recordType", "customer"),
        ("sorted('ASC')[0].getValue('stage')", "LEAD"),
        ("sorted('ASC')[0].getText('stage')", "Lead"),
        ("sorted('ASC')[0].getText('email')", None),
        ("sorted('ASC')[0].getValue('isinactive')", True),
        ("sorted('ASC')[1].getValue('externalid')", ""),
        ("sorted('ASC')[2].getValue('comments').length", 2_000),
        ("sorted('ASC')[2].getValue(found.columns[12]).length", 2_000),
        ("load(3).getValue({ fieldId: 'comments' }).length", 2_100),
        # columns
        ("found.columns[9].label === undefined", True),
        ("found.columns[1].label", "External ID"),
        ("JSON.parse(JSON.stringify(found.columns[7])).type", "select"),
        ("sorted('ASC')[0].getValue(found.columns[11])", "b a@example.com"),
        ("sorted('ASC')[0].getValue('formulatext')", "a a@example.com"),
        ("search.load({ id: 'customsearch_groups' }).run().getRange({ start: 0, end: 1 })[0].id", None),
        ("search.load({ id: 'customsearch_groups' }).run().getRange({ start: 0, end: 1 })[0].recordType", None),
        # how many
        ("found.run().getRange({ start: 0, end: 2 }).length", 2),
        ("found.runPaged().count", 5),
        ("found.runPaged({ pageSize: 1000 }).count", 5),
        ("(() => { let n = 0; found.run().each(() => { n += 1; return n < 3; }); return n; })()", 3),
        # units
        ("used(() => search.load({ id: 'customsearch_tieout' }))", 5),
        ("used(() => search.create({ type: 'customer', columns: ['internalid'] }).run())", 0),
        ("used(() => found.run().getRange({ start: 0, end: 1 }))", 10),
        ("used(() => found.run().each(() => true))", 10),
        ("used(() => found.runPaged({ pageSize: 5 }))", 5),
        ("used(() => load(3))", 5),
        ("used(() => save(3, 'comments', 'x'))", 15),
        ("used(() => record.submitFields({ type: 'customer', id: 3, values: { comments: 'x' } }))", 5),
        # saves that pass
        ("save(3, 'externalid', 'CUS_3') && load(3).getValue({ fieldId: 'externalid' })", "CUS_3"),
        ("save(3, 'nothing', 'x') && load(3).getValue({ fieldId: 'nothing' })", ""),
        ("load(3).getField({ fieldId: 'nothing' })", None),
        ("save(3, 'comments', 'x'.repeat(4000)) && load(3).getValue({ fieldId: 'comments' }).length", 4_000),
        ("save(3, 'companyname', '', { ignoreMandatoryFields: true })", 3),
        ("save(5, 'comments', 'x')", 5),
    ],
)
def test_a_script_sees(expression: str, value: object) -> None:
    assert run(expression) == value


SUBMITTED = "record.submitFields({{ type: 'customer', id: 3, values: {{ {}: '1' }} }})"


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("search.load({ id: 'customsearch_nope' })", "INVALID_SEARCH"),
        ("search.load({})", "SSS_MISSING_REQD_ARGUMENT"),
        ("record.load({ type: 'customer' })", "SSS_MISSING_REQD_ARGUMENT"),
        ("record.load({ type: 'vendor', id: 3 })", "INVALID_RCRD_TYPE"),
        ("load(9)", "RCRD_DSNT_EXIST"),
        ("search.load({ id: 'customsearch_vendors' }).run().getRange({ start: 0, end: 1 })", "SSS_INVALID_SRCH_TYPE"),
        ("found.run().getRange({ start: 0, end: 1001 })", "SSS_SEARCH_RESULT_LIMIT_EXCEEDED"),
        ("found.runPaged({ pageSize: 4 })", "SSS_INVALID_PAGE_SIZE"),
        ("found.runPaged({ pageSize: 1001 })", "SSS_INVALID_PAGE_SIZE"),
        ("found.runPaged({ pageSize: 0 })", "SSS_INVALID_PAGE_SIZE"),
        ("Object.assign(found, { filterExpression: [['nope', 'is', '1']] }) && rows()", "SSS_INVALID_SRCH_FILTER"),
        # saves
        ("save(3, 'externalid', 'cus_upper')", "DUP_RCRD"),
        ("save(3, 'externalid', 'CUS_Vendor')", "DUP_RCRD"),
        ("save(3, 'entityid', 'two ltd')", "UNIQUE_CUST_ID_REQD"),
        ("save(3, 'companyname', '')", "USER_ERROR"),
        ("save(3, 'entityid', '')", "USER_ERROR"),
        ("save(5, 'lastname', '')", "USER_ERROR"),
        ("save(3, 'stage', 'LEAD')", "USER_ERROR"),
        ("save(3, 'comments', 'x'.repeat(4001))", "EXCEEDED_MAX_FIELD_LENGTH"),
        ("save(3, 'companyname', 'x'.repeat(84))", "EXCEEDED_MAX_FIELD_LENGTH"),
        ("save(3, 'custentity_region', 'x'.repeat(301))", "EXCEEDED_MAX_FIELD_LENGTH"),
        ("save(4, 'comments', 'x')", "RCRD_LOCKED_BY_WF"),
        ("((one, two) => { one.save(); two.save(); })(load(3), load(3))", "RCRD_HAS_BEEN_CHANGED"),
        *(
            (SUBMITTED.format(name), "USER_ERROR")
            for name in ("externalid", "email", "firstname", "stage", "subsidiary")
        ),
        (SUBMITTED.format("entityid").replace("'1'", "'Two Ltd'"), "UNIQUE_CUST_ID_REQD"),
    ],
)
def test_a_script_is_refused(expression: str, code: str) -> None:
    with pytest.raises(ScriptError) as refused:
        run(expression)
    assert refused.value.code == code


def test_each_row_ends_at_four_thousand() -> None:
    there = World()
    for _ in range(4_001):
        there.insert()
    assert run("(() => { let n = 0; found.run().each(() => { n += 1; return true; }); return n; })()", there) == 4_000


def test_fields_are_submitted_whatever_the_version_of_the_record() -> None:
    there = world()
    there.interfere("record.submitFields", lambda: there.edit(3, comments="somebody"))
    assert run(SUBMITTED.format("custentity_region"), there) == 3
    assert (there.value(3, "custentity_region"), there.value(3, "comments")) == ("1", "somebody")


# ---- over HTTP -------------------------------------------------------------------------------------------------------

ECHO = """define([], () => ({
  get: (given) => given,
  post: (given) => {
    if (given && given.fails) { throw Object.assign(new Error('no'), { name: 'MINE' }); }
    return given === 'object' ? {} : (given && given.text) || given;
  },
}));"""
KEY = ec.generate_private_key(ec.SECP256R1())
JSON = {"Content-Type": "application/json"}


def public(key: PrivateKeyTypes) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


@pytest.fixture(scope="module", name="ns")
def _ns() -> Iterator[Asker]:
    with netsuite(world(), Options(clock=lambda: NOW, most_bytes=2_000)) as asker:
        asker.server._source = ECHO
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
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.text.startswith('{"error" : {"code" : "' + code + '", "message" : "')


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
