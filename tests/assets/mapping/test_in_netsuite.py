"""The records that the mapping makes are records that NetSuite takes, whole: mapping, RESTlet and stand-in agree."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import settings as run_with
from hypothesis import strategies as st

from assets.mapping.to_netsuite import CreateSettings, IndividualWhen
from sandbox.netsuite_standin import STRIPE_FIELD, Account, Options, World
from sandbox.netsuite_standin.new_customers import ADDRESS_LENGTHS
from tests.assets.mapping.making import links
from tests.assets.mapping.worlds import made, rows
from tests.suitescript.restlet import FIELDS, ask

ACCOUNT = Account(
    subsidiaries=frozenset({"2"}), forms=frozenset({"7"}), currencies={"1": "USD", "3": "EUR"}, multicurrency=True
)
OPTIONS = Options(permissions={"LIST_CUSTJOB": 3, "LIST_FIND": 1, "LIST_CURRENCY": 1})
FIELD_IDS = {"stripe_id": STRIPE_FIELD, **FIELDS}


def settings() -> st.SearchStrategy[CreateSettings]:
    return st.builds(
        CreateSettings,
        subsidiary=st.just(2),
        entity_id=st.sampled_from(["name", "stripe_id"]),
        individual_when=st.sampled_from([None, IndividualWhen()]),
        entity_status=st.sampled_from([None, 13]),
        custom_form=st.sampled_from([None, 7]),
        currency=st.sampled_from([None, "EUR"]),
        email_fallback=st.sampled_from(["stripe_id", "none"]),
        mapping=st.sampled_from([{}, {"metadata.region": "custentity_region"}]),
        defaults=st.sampled_from([{}, {"custentity_flag": True}]),
        links=st.builds(links, st.sampled_from([None, STRIPE_FIELD]), comments=st.booleans()),
    )


@pytest.mark.rule("C3")
@pytest.mark.rule("C9")
@pytest.mark.rule("C11")
@pytest.mark.rule("C12")
@given(rows(), settings())
@run_with(max_examples=25)
def test_every_record_is_made_as_it_was_mapped(customers: list[dict[str, Any]], wanted: CreateSettings) -> None:
    world = World(account=ACCOUNT, custom_fields={STRIPE_FIELD, "custentity_region", "custentity_flag"})
    world.custom_kinds["custentity_flag"] = "checkbox"
    mapped = [row for row in made(customers, [], wanted) if not any(map(str.isspace, row["stripe_customer_id"]))]
    items = [{"key": row["stripe_customer_id"], "record": orjson.loads(row["record"])} for row in mapped]
    answer = ask(world, {"action": "create", "fields": FIELD_IDS, "records": items}, OPTIONS)
    assert [(o["outcome"], o["isFit"], o.get("message")) for o in answer["outcomes"]] == [("made", True, None)] * len(
        items
    )
    for outcome, item in zip(answer["outcomes"], items, strict=True):
        held, record = world.customers[outcome["id"]], item["record"]
        assert {name: as_kept(name, value) for name, value in record["fields"].items()}.items() <= held.values.items()
        assert [filled(line) for line in record.get("addressbook", [])] == held.addresses
        assert held.currencies == ["1", "3"]
        assert held.values.get("currency") == ("3" if wanted.currency else None)


def as_kept(name: str, value: object) -> object:
    """Give what a record has of a value that was sent."""
    if name == "isperson":
        return value == "T"
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def filled(line: dict[str, object]) -> dict[str, object]:
    assert set(line) <= {*ADDRESS_LENGTHS, "country", "defaultbilling", "defaultshipping"}
    return {"country": ACCOUNT.country, **line}
