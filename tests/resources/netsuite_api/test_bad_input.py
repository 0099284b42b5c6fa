"""What a person may have done wrong, in NetSuite or here: each gives one sentence that says where to put it right."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, Unpack

import pytest

from resources.netsuite_api import FieldEdit, TokenLogin
from sandbox.netsuite_standin import (
    STANDARD_COLUMNS,
    Column,
    Fault,
    NetsuiteStandIn,
    Options,
    SavedSearch,
    Script,
    World,
)
from schemas.errors import AccessError, UserError
from schemas.words import InternalId
from tests.resources.netsuite_api.netsuite_world import FIELDS, SEARCH, ClientSettings, connected, fields_with, key_pair

NOW = 1_800_000_000.0


def sentence(
    options: Options | None = None,
    search: str = SEARCH,
    fields: Mapping[str, str] = FIELDS,
    *,
    searches: Sequence[SavedSearch] = (SavedSearch(columns=STANDARD_COLUMNS),),
    prepare: Callable[[NetsuiteStandIn], None] = lambda _: None,
    **settings: Unpack[ClientSettings],
) -> str:
    """Read from a stand-in, and give what is said about it."""
    with connected(None, options, searches, **settings) as (client, server):
        prepare(server)
        with pytest.raises(UserError) as raised:
            client.read_customers(search, fields)
    said = str(raised.value)
    assert said.endswith(".")
    return said


def test_an_account_id_of_another_data_centre() -> None:
    said = sentence(prepare=lambda server: server.fail(Fault(kind="redirect")))
    assert "account id" in said
    assert "Setup > Company > Company Information" in said
    assert "example.com" not in said


def test_the_account_of_somebody_else() -> None:
    assert "account id" in sentence(account="7654321")
    token = TokenLogin(
        consumer_key="consumer", consumer_secret="consumer-secret", token_id="token", token_secret="token-secret"
    )
    said = sentence(account="7654321", login=token)
    assert "Login Audit Trail" in said
    assert "account id" in said


def test_an_account_that_answers_for_another() -> None:
    with connected() as (client, server):
        object.__setattr__(server.options, "account", "7654321")
        client._restlet._authorization._token = "open"  # type: ignore[union-attr]
        client._restlet._authorization._ends = 1e12  # type: ignore[union-attr]
        server.logins.issued["open"] = 1e12
        with pytest.raises(AccessError, match="7654321"):
            client.health()


@pytest.mark.parametrize("ids", [{"script": "customscript_other"}, {"deployment": "customdeploy_other"}])
def test_a_script_or_deployment_that_is_not_there(ids: ClientSettings) -> None:
    said = sentence(**ids)
    assert "Customization > Scripting > Script Deployments" in said


@pytest.mark.parametrize("code", ["SSS_INVALID_SCRIPTLET_ID", "SSS_INVALID_DEPLOYMENT_ID", "INSUFFICIENT_PERMISSION"])
def test_a_deployment_in_status_testing(code: str) -> None:
    assert "Released" in sentence(Options(released=False, unreleased_code=code))


def test_a_search_that_does_not_exist() -> None:
    said = sentence(search="customsearch_gone")
    assert "Lists > Search > Saved Searches" in said
    assert "Audience" in said


def test_a_search_for_something_else() -> None:
    said = sentence(searches=[SavedSearch(columns=STANDARD_COLUMNS, record_type="vendor")])
    assert "vendor" in said


def test_a_search_with_grouped_rows() -> None:
    said = sentence(searches=[SavedSearch(columns=(Column("email", "Email", summary="GROUP"),))])
    assert "Email" in said


def test_a_label_that_the_search_does_not_have() -> None:
    said = sentence(fields={**FIELDS, "region": "Sales Region"})
    assert "“Sales Region” (for region)" in said
    assert "“Company Name”, “Phone”" in said


def test_a_label_that_the_search_has_twice() -> None:
    columns = (*STANDARD_COLUMNS, Column("altemail", "Email"))
    assert "2 columns labelled “Email”" in sentence(searches=[SavedSearch(columns=columns)])


PAYPACK = Column("custentity_paypack_id", "Stripe Customer Id")
SHOWS_ANOTHER = SavedSearch(columns=tuple(PAYPACK if c.label == PAYPACK.label else c for c in STANDARD_COLUMNS))


@pytest.mark.rule("M11")
def test_a_stripe_id_column_that_shows_another_field_than_the_one_that_is_written() -> None:
    with connected(searches=[SHOWS_ANOTHER]) as (client, _):
        for act in (client.check_search, client.read_customers):
            with pytest.raises(UserError, match="custentity_paypack_id under “Stripe Customer Id”") as raised:
                act(SEARCH, FIELDS, written={"stripe_id"})
            assert "what is written is custentity_tieout_stripe_id" in str(raised.value)
            assert "set stripe_id_field to custentity_paypack_id" in str(raised.value)


@pytest.mark.parametrize("name", ["external_id", "comments"])
def test_another_column_that_shows_another_field_than_the_one_that_is_written(
    name: Literal["external_id", "comments"],
) -> None:
    search = SavedSearch(columns=(*STANDARD_COLUMNS, Column("altname", "Alternative")))
    shows = rf"shows the field altname under “Alternative” \(for {name}\)"
    with connected(searches=[search]) as (client, _), pytest.raises(UserError, match=shows):
        client.read_customers(SEARCH, {**FIELDS, name: "Alternative"}, written={name})


@pytest.mark.rule("M11")
def test_a_column_may_show_any_field_that_is_not_written_or_cannot_be_compared() -> None:
    formula = Column("formulatext", "Comments", formula="{comments}")
    columns = tuple(formula if c.label == formula.label else c for c in SHOWS_ANOTHER.columns)
    world = World(custom_fields={PAYPACK.name})
    world.insert(1, custentity_paypack_id="cus_1", comments="VIP")
    with connected(world, searches=[SavedSearch(columns=columns)]) as (client, _):
        frame = client.read_customers(SEARCH, FIELDS, written={"comments", "external_id"}).frame
    assert frame.select("stripe_id", "comments").rows() == [("cus_1", "VIP")]
    with connected(world, searches=[SHOWS_ANOTHER], field_ids=fields_with(stripe_id=PAYPACK.name)) as (client, _):
        client.check_search(SEARCH, FIELDS, written={"stripe_id", "comments", "external_id"})


def test_a_join_whose_rows_do_not_agree() -> None:
    world = World()
    world.insert(12, contacts=["first", "second"])
    columns = (*STANDARD_COLUMNS, Column("name", "Contact", join="contact"))
    with (
        connected(world, searches=[SavedSearch(columns=columns)]) as (client, _),
        pytest.raises(UserError) as raised,
    ):
        client.read_customers(SEARCH, {**FIELDS, "contact": "Contact"})
    assert "2 rows of the id 12 that differ in contact: remove the columns" in str(raised.value)
    assert "first" not in str(raised.value)


def test_an_inactive_column_that_is_no_checkbox() -> None:
    world = World()
    world.insert(12, companyname="Acme")
    with connected(world) as (client, _):
        extract = client.read_customers(SEARCH, {**FIELDS, "inactive": "Company Name"})
    assert [(told.column, dict(told.rows)) for told in extract.unknown] == [("inactive", {"Acme": 1})]


def test_a_role_that_may_not_search() -> None:
    said = sentence(Options(permissions={"LIST_CUSTJOB": 3}))
    assert "Lists > Perform Search (View)" in said
    assert "Setup > Users/Roles > Manage Roles" in said


def test_a_role_that_may_not_edit_customers() -> None:
    world = World()
    world.insert(1)
    with connected(world, Options(permissions={"LIST_CUSTJOB": 1, "LIST_FIND": 1})) as (client, _):
        assert client.health().missing == ["Lists > Customers (Edit)"]
        with pytest.raises(AccessError, match=r"lacks Lists > Customers \(Edit\)"):
            client.apply([FieldEdit(InternalId(1), "stripe_id", "set", "cus_1")])
    assert world.saves == []


def test_an_expired_certificate() -> None:
    def expire(server: NetsuiteStandIn) -> None:
        server.register_certificate("client", "certificate", key_pair()[1], until=NOW)

    said = sentence(Options(clock=lambda: NOW), now=lambda: NOW, prepare=expire)
    assert "expired" in said
    assert "OAuth 2.0 Client Credentials" in said


def test_a_certificate_of_another_key() -> None:
    def forget(server: NetsuiteStandIn) -> None:
        server.logins.certificates.clear()

    assert "certificate" in sentence(prepare=forget)


@pytest.mark.parametrize(("off", "says"), [(600, "10 minutes ahead of"), (-900, "15 minutes behind")])
def test_a_clock_that_is_off(off: int, says: str) -> None:
    token = TokenLogin(
        consumer_key="consumer", consumer_secret="consumer-secret", token_id="token", token_secret="token-secret"
    )
    assert says in sentence(Options(clock=lambda: NOW), now=lambda: NOW + off)
    with (
        connected(options=Options(clock=lambda: NOW), login=token) as (client, _),
        pytest.raises(AccessError) as raised,
    ):
        client.health()
    assert "the clock of this machine" in str(raised.value)


def test_a_script_that_is_not_tieouts() -> None:
    def replace(server: NetsuiteStandIn) -> None:
        server.script = Script.of("define([], () => ({post: () => ({hello: 1})}));")

    assert "is not Tieout's" in sentence(prepare=replace)


@pytest.mark.parametrize("version", [1, 2, 3, 4, 5, 7])
def test_a_script_of_another_version(version: int) -> None:
    def replace(server: NetsuiteStandIn) -> None:
        server.script = server.script.changed("const VERSION = 6;", f"const VERSION = {version};")

    said = sentence(prepare=replace)
    assert f"has version {version}, this Tieout needs 6" in said
    assert "deploy the suitescript folder of this Tieout again" in said


@pytest.mark.parametrize(
    "file", [path.rpartition("/")[2] for path in Script.shipped().files if not path.endswith("/tieout.js")]
)
@pytest.mark.parametrize("nested", [True, False])
def test_a_file_of_the_script_that_was_not_uploaded(file: str, nested: bool) -> None:
    def forget(server: NetsuiteStandIn) -> None:
        server.script = server.script.without(file)

    said = sentence(Options(nested_errors=nested), prepare=forget)
    assert f"Module does not exist: /SuiteScripts/tieout/{file}" in said
    assert "deploy the suitescript folder of this Tieout again" in said


@pytest.mark.parametrize("setting", [{"concurrency": 0}, {"concurrency": 51}, {"rows_per_call": 5_001}])
def test_a_number_that_makes_no_sense(setting: ClientSettings) -> None:
    [(name, number)] = setting.items()
    with pytest.raises(UserError, match=f"{name} .* not {number}"), connected(**setting):
        pass
