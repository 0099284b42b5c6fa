"""What would refuse new customers is said over HTTP before any is made, and nothing is saved for it."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from assets.mapping.to_netsuite import CreateSettings, IndividualWhen, Trial, global_trial, new_records, trials
from assets.planning.preflight import Finding, checked
from resources.netsuite_api import NewRecord
from sandbox.netsuite_standin import STRIPE_FIELD, Account, Options, World
from tests.assets.mapping.making import links
from tests.resources.netsuite_api.netsuite_world import connected

MAY_ALL = Options(permissions={"LIST_CUSTJOB": 4, "LIST_FIND": 1, "LIST_CURRENCY": 1})
SETTINGS = CreateSettings(links=links(STRIPE_FIELD))
CONFIGURED = replace(SETTINGS, subsidiary=3, entity_status=13, custom_form=100, currency="EUR")
ACCOUNT = Account(
    subsidiaries=frozenset({"3"}),
    forms=frozenset({"100"}),
    multicurrency=True,
    currencies={"1": "USD", "2": "EUR"},
)
NOBODY = pl.LazyFrame(schema={"entity_id": pl.String})
LONG = (
    "NetSuite does not tell what is in the list of {}, as when it is longer than the user's Maximum Entries in "
    "Dropdowns"
)


def found(
    world: World,
    settings: CreateSettings = SETTINGS,
    options: Options = MAY_ALL,
    undo: str = "delete",
    kinds: Sequence[Trial] = (),
) -> list[Finding]:
    """Check, and see that the world is as it was, whatever was found."""
    world.insert(7, companyname="Ours")
    before = copy.deepcopy(world.customers)
    with connected(world, options) as (client, server):
        findings = checked(client, kinds or trials(settings), settings, undo)
        assert [call.action for call in server.calls if call.action != "token"] == ["preflight"]
    assert (world.customers, world.saves, world.deleted) == (before, [], [])
    return findings


def found_of(account: Account, settings: CreateSettings = CONFIGURED, **given: Any) -> list[Finding]:  # noqa: ANN401  as World takes it
    return found(World(account=account, **given), settings)


@pytest.mark.parametrize(
    ("account", "settings"),
    [
        (Account(), SETTINGS),
        (Account(default_status="7"), replace(SETTINGS, individual_when=IndividualWhen("person"))),
        (Account(auto_numbering=True), replace(SETTINGS, entity_id="auto")),
        (ACCOUNT, CONFIGURED),
        (ACCOUNT, replace(CONFIGURED, individual_when=IndividualWhen())),
    ],
)
def test_of_an_account_that_takes_every_customer_nothing_is_found(account: Account, settings: CreateSettings) -> None:
    assert found(World(account=account), settings) == []


@pytest.mark.rule("C1")
def test_of_the_one_customer_for_all_a_mandatory_field_that_only_customers_would_fill_is_found() -> None:
    account = replace(ACCOUNT, default_status="13")
    only = [global_trial(CONFIGURED)]
    assert found(World(account=account), CONFIGURED, kinds=only) == []
    [finding] = found(World(account=account, mandatory={"phone"}), CONFIGURED, kinds=only)
    said = "phone is mandatory, and nothing fills it: set it in create.defaults"
    assert finding == Finding("refused", "companies", said)
    filled = replace(CONFIGURED, defaults={"phone": "555 010 0100"})
    assert found(World(account=account, mandatory={"phone"}), filled, kinds=[global_trial(filled)]) == []


def test_a_mandatory_field_that_nobody_fills_refuses_all() -> None:
    [finding] = found(World(mandatory={"custentity_region"}, custom_fields={STRIPE_FIELD, "custentity_region"}))
    said = "custentity_region is mandatory, and nothing fills it: set it in create.defaults"
    assert finding == Finding("refused", "companies", said)


def test_a_mandatory_field_of_netsuites_own_is_named_as_people_know_it() -> None:
    [first, second] = found_of(Account(subsidiaries=frozenset({"3"}), default_status=None), SETTINGS)
    assert first.sentence.startswith("entitystatus (Status) is mandatory, and nothing fills it")
    assert second.sentence.startswith("subsidiary (Subsidiary) is mandatory, and nothing fills it")
    assert {first.weight, second.weight} == {"refused"}


def test_a_form_makes_fields_mandatory() -> None:
    account = replace(ACCOUNT, mandatory_on={"100": frozenset({"custentity_region"})})
    fields = {STRIPE_FIELD, "custentity_region"}
    [finding] = found_of(account, custom_fields=fields)
    assert "custentity_region is mandatory" in finding.sentence
    assert found_of(account, replace(CONFIGURED, defaults={"custentity_region": "EMEA"}), custom_fields=fields) == []
    assert found_of(account, replace(CONFIGURED, custom_form=None), custom_fields=fields) == []


def test_a_mandatory_field_that_only_some_customers_fill_refuses_the_others() -> None:
    [finding] = found(World(mandatory={"phone"}))
    said = "phone is mandatory, and a customer without a value for it is refused"
    assert finding == Finding("some", "companies", said)
    assert found(World(mandatory={"phone"}), replace(SETTINGS, defaults={"phone": "555 010 0100"})) == []


def test_a_kind_of_customers_is_checked_as_it_will_be_made() -> None:
    settings = replace(SETTINGS, individual_when=IndividualWhen(), defaults={"companyname": None})
    findings = found(World(), settings)
    assert [(one.weight, one.of, one.sentence.partition(" (")[0]) for one in findings] == [
        ("refused", "companies", "companyname")
    ]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (
            {"defaults": {"custentity_none": "x"}},
            Finding(
                "refused",
                "create.defaults: custentity_none",
                "customers have no field custentity_none that this role can see",
            ),
        ),
        (
            {"mapping": {"metadata.region": "custentity_none"}},
            Finding(
                "some",
                "create.mapping: metadata.region",
                "customers have no field custentity_none that this role can see; a customer with a value for it is "
                "refused",
            ),
        ),
        (
            {"links": links("custentity_none")},
            Finding("refused", "custentity_none", "customers have no field custentity_none that this role can see"),
        ),
    ],
)
def test_a_field_that_does_not_exist_is_named(settings: Mapping[str, Any], expected: Finding) -> None:
    assert found(World(), replace(SETTINGS, **settings)) == [expected]


@pytest.mark.parametrize(
    ("settings", "of", "field", "given"),
    [
        ({"subsidiary": 9}, "create.subsidiary", "subsidiary", 9),
        ({"entity_status": 99}, "create.entity_status", "entitystatus", 99),
        ({"custom_form": 5}, "create.custom_form", "customform", 5),
        ({"defaults": {"custentity_tier": "Gold"}}, "create.defaults: custentity_tier", "custentity_tier", "Gold"),
        ({"defaults": {"custentity_tier": 4}}, "create.defaults: custentity_tier", "custentity_tier", 4),
    ],
)
def test_a_value_that_is_in_no_list_is_named_and_one_that_is_in_it_is_not(
    settings: Mapping[str, Any], of: str, field: str, given: object
) -> None:
    lists: dict[str, Any] = {
        "custom_fields": {STRIPE_FIELD, "custentity_tier"},
        "custom_kinds": {"custentity_tier": "select"},
        "custom_lists": {"custentity_tier": {"Silver": "1"}},
    }
    [finding] = [one for one in found_of(ACCOUNT, replace(CONFIGURED, **settings), **lists) if one.of == of]
    said = f"{given} does not exist in the list of {field}, or this role cannot see it"
    assert finding == Finding("refused", of, said)
    for good in ("Silver", 1):
        assert found_of(ACCOUNT, replace(CONFIGURED, defaults={"custentity_tier": good}), **lists) == []


def test_a_constant_of_the_wrong_type_is_refused_not_guessed() -> None:
    world = World(custom_fields={STRIPE_FIELD, "custentity_vip"}, custom_kinds={"custentity_vip": "checkbox"})
    [finding] = found(world, replace(SETTINGS, defaults={"custentity_vip": "yes"}))
    said = "yes is refused: INVALID_VALUE: custentity_vip holds true or false, and “yes” is none"
    assert finding == Finding("refused", "create.defaults: custentity_vip", said)


def test_a_list_that_is_too_long_to_be_told_is_said_to_be_unchecked() -> None:
    account = replace(ACCOUNT, statuses={str(n): "CUSTOMER" for n in range(4, 16)}, most_options=10)
    assert found_of(account) == [
        Finding(
            "unknown",
            "create.entity_status",
            f"whether 13 exists could not be checked: {LONG.format('entitystatus')}",
        )
    ]


def test_a_value_that_netsuite_refuses_at_once_is_refused_though_its_list_is_not_told() -> None:
    account = replace(ACCOUNT, statuses={str(n): "CUSTOMER" for n in range(4, 16)}, most_options=10)
    [finding] = found_of(account, replace(CONFIGURED, entity_status=99))
    assert (finding.weight, finding.of) == ("refused", "create.entity_status")
    assert "Invalid Field Value 99" in finding.sentence


def test_where_nobody_tells_what_is_mandatory_that_is_said() -> None:
    [finding] = found(World(account=Account(tells_mandatory=False), mandatory={"phone"}))
    assert (finding.weight, finding.of) == ("unknown", "companies")
    assert finding.sentence.endswith("of the fields are mandatory could not be checked")


def test_a_role_that_cannot_create_or_delete_is_told_what_it_lacks() -> None:
    poor = Options(permissions={"LIST_CUSTJOB": 1, "LIST_FIND": 1})
    refused, unknown = found(World(), options=poor)
    said = "it may not create customers: it needs Lists > Customers (Edit)"
    assert refused == Finding("refused", "role", said)
    assert (unknown.weight, unknown.of) == ("unknown", "companies")
    editor = Options()
    [finding] = found(World(), options=editor)
    said = "it may not delete customers, as create.undo wants: it needs Lists > Customers (Full)"
    assert finding == Finding("some", "role", said)
    assert found(World(), options=editor, undo="inactivate") == []


def test_currencies_that_cannot_be_listed_refuse_all_where_there_are_several() -> None:
    blind = Options(permissions={"LIST_CUSTJOB": 4, "LIST_FIND": 1})
    [finding] = found(World(account=ACCOUNT), CONFIGURED, blind)
    assert (finding.weight, finding.of) == ("refused", "currencies")
    assert "Lists > Currency (View)" in finding.sentence
    assert found(World(), SETTINGS, blind) == []


def test_a_currency_that_is_not_active_is_named() -> None:
    assert found_of(ACCOUNT, replace(CONFIGURED, currency="JPY")) == [
        Finding("refused", "create.currency", "the account has no active currency JPY")
    ]
    assert found(World(), replace(SETTINGS, currency="EUR")) == [
        Finding("some", "create.currency", "EUR is not set: Multiple Currencies is off")
    ]


def test_what_it_calls_refused_is_what_a_creation_is_refused_for() -> None:
    world = World(mandatory={"custentity_region"}, custom_fields={STRIPE_FIELD, "custentity_region"})
    filled = replace(SETTINGS, defaults={"custentity_region": "EMEA"})
    with connected(world, MAY_ALL) as (client, _):
        for settings, weights, status in ((SETTINGS, ["refused"], "failed"), (filled, [], "made")):
            assert [one.weight for one in checked(client, trials(settings), settings, "delete")] == weights
            customers = pl.LazyFrame(
                {"id": ["cus_1"], "name": ["Foo Ltd"], "created": [datetime(2026, 1, 1, tzinfo=UTC)]}
            )
            [record] = new_records(customers, NOBODY, settings).collect().get_column("record")
            [outcome] = client.create([NewRecord("cus_1", record)])
            assert outcome.status == status
