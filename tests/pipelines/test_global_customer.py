"""`on_none: global` over both stand-ins: one customer for all without a record, and nothing else written."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import polars as pl
import pytest
from pydantic import ValidationError
from rich.console import Console

from pipelines.creating_check import creating_is_checked
from sandbox.netsuite_standin import STRIPE_FIELD, Options
from schemas.words import GLOBAL_KEY, GLOBAL_NAME
from tests.pipelines.api_world import FIELDS, MOMENT, NAME, Site, declared, sentences, site
from tests.pipelines.checkpoint import Checkpoint

MAY_DELETE = Options(permissions={"LIST_CUSTJOB": 4, "LIST_FIND": 1})
GLOBAL: dict[str, Any] = {"on_none": "global", "netsuite_fields": {**FIELDS, "company_name": "Company Name"}}
WITHOUT = ("cus_4", "cus_5")
CREATE_ID = f"netsuite:create:{GLOBAL_KEY}"


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkpoint]:
    with site(tmp_path_factory.mktemp("once") / "site", options=MAY_DELETE, **GLOBAL) as made:
        made.stripe.load([("cus_5", MOMENT + 5, {"email": "n5@acme.example"})])
        made.plan()
        yield Checkpoint(made)


@pytest.fixture
def at(once: Checkpoint) -> Site:
    """A world of which there is a plan."""
    return once.restored()


def standing_for_all(at: Site) -> list[int]:
    return [number for number, one in at.netsuite.customers.items() if one.values.get("companyname") == GLOBAL_NAME]


def outcomes(at: Site) -> dict[str, tuple[str, int | None]]:
    rows = at.frame("customer_matches").select("stripe_customer_id", "outcome", "netsuite_internal_id").rows()
    return {customer: (outcome, record) for customer, outcome, record in rows}


@pytest.mark.rule("C1")
def test_where_nobody_stands_for_all_the_plan_makes_one_and_names_no_customer(at: Site) -> None:
    plan = at.sync.plans.read(at.plan())
    [create] = plan.filter(pl.col("action") == "create").rows(named=True)
    assert (create["change_id"], create["new_value"], create["stripe_customer_id"]) == (CREATE_ID, GLOBAL_KEY, None)
    assert create["reason"] == f"no NetSuite customer is called {GLOBAL_NAME}; 2 customers without a record"
    assert orjson.loads(create["values"]) == {
        "currencies": "active",
        "fields": {"companyname": GLOBAL_NAME, "entityid": GLOBAL_NAME, "externalid": GLOBAL_KEY, "isperson": "F"},
    }
    assert not {*WITHOUT} & {*plan.get_column("stripe_customer_id")}
    assert [outcomes(at)[customer] for customer in WITHOUT] == [("global", None)] * 2
    assert at.metadata("customer_matches")["outcome/global"] == 2
    assert at.metadata("customer_matches")["tied_to_a_record"] == at.metadata("write_plan")["tied_to_a_record"] == 3


@pytest.mark.rule("C1")
@pytest.mark.rule("W11")
def test_once_it_is_made_customers_are_counted_to_it_and_nothing_is_planned(at: Site) -> None:
    result = at.apply(at.plan_hash())
    assert result.success, sentences(result)
    [number] = standing_for_all(at)
    made = at.netsuite.customers[number].values
    assert (made["externalid"], made.get(STRIPE_FIELD), made.get("comments")) == (GLOBAL_KEY, None, None)
    assert at.sync.plans.read(at.reconcile()).is_empty()
    assert [outcomes(at)[customer] for customer in WITHOUT] == [("global", number)] * 2
    assert [at.link_of(customer) for customer in WITHOUT] == [None, None]
    shown = at.result("matches.csv").filter(pl.col("outcome") == "global")
    assert shown.get_column("netsuite_internal_id").to_list() == [str(number)] * 2
    assert set(shown.get_column("netsuite_company_name")) == {GLOBAL_NAME}
    assert "nothing is written for this customer" in shown.item(0, "reason")
    page = (at.sync.folders.results(NAME) / "report.html").read_text("utf-8")
    assert "counted to the one that stands for all, and nothing is written for it" in page
    assert not {*WITHOUT} & {*at.result("review.csv").get_column("stripe_customer_id")}


@pytest.mark.rule("W10")
def test_an_undo_takes_it_back(at: Site) -> None:
    before, plan = at.links(), at.plan_hash()
    assert at.apply(plan).success
    result = at.undo(plan)
    assert result.success, sentences(result)
    assert at.links() == before
    assert standing_for_all(at) == []


@pytest.mark.rule("C1")
def test_one_that_is_there_is_taken_as_it_is(at: Site) -> None:
    at.netsuite.insert(50, companyname=GLOBAL_NAME.upper())
    plan = at.sync.plans.read(at.plan())
    assert plan.filter(pl.col("action") == "create").is_empty()
    assert [outcomes(at)[customer] for customer in WITHOUT] == [("global", 50)] * 2
    assert "50" not in plan.get_column("record_id").to_list()


@pytest.mark.rule("C1")
def test_several_of_the_name_are_an_error_until_the_declaration_says_which(at: Site) -> None:
    for number in (50, 51):
        at.netsuite.insert(number, companyname=GLOBAL_NAME)
    result = at.run("reconcile")
    assert not result.success
    [said] = [sentence for sentence in sentences(result) if sentence]
    assert said.startswith("2 active NetSuite customers could stand for the customers without a record")
    assert "50, 51. Set global_customer" in said
    chosen = at.redeclared(global_customer=51)
    chosen.plan()
    assert [outcomes(chosen)[customer] for customer in WITHOUT] == [("global", 51)] * 2


@pytest.mark.rule("C2")
def test_whom_metadata_hold_back_is_held_and_whom_a_later_rule_finds_is_matched(at: Site) -> None:
    at.stripe.update("cus_4", {"metadata": {"netsuite_block_integration": "true"}})
    assert at.apply(at.plan()).success
    assert outcomes(at)["cus_4"] == ("held", None)
    at.netsuite.insert(60, email="n5@acme.example", companyname="Five")
    at.plan()
    assert outcomes(at)["cus_5"] == ("matched", 60)


def test_the_check_before_approval_asks_about_this_one_customer(tmp_path: Path) -> None:
    with site(tmp_path, options=MAY_DELETE, **GLOBAL, create={"defaults": {"custentity_none": "x"}}) as at:
        console = Console(record=True, width=200)
        assert creating_is_checked(at.sync, console) == 1
        assert "customers have no field custentity_none" in console.export_text()
        assert at.netsuite.saves == []


@pytest.mark.rule("C1")
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"on_none": "global"}, "global needs external_id, and company_name or entity_id, in netsuite_fields"),
        ({"global_customer": 7}, "has no effect without on_none: global"),
        ({**GLOBAL, "global_customer": 7, "create": {}}, "has no effect, because global_customer names a record"),
        ({**GLOBAL, "create": {"when": "at_once"}}, "whose one customer is made of no Stripe customer; take it out"),
        (
            {**GLOBAL, "stripe": {"export": "stripe.csv"}},
            "global needs both sides over their APIs, or both from export",
        ),
        ({**GLOBAL, "global_customer": 0}, "greater than 0"),
    ],
)
def test_a_declaration_that_does_not_fit_is_refused(given: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        declared("http://127.0.0.1:1", "http://127.0.0.1:1", "sk_test_x", **given)


def test_with_its_id_no_record_is_ever_made_so_that_a_file_and_an_api_will_do() -> None:
    given = {"on_none": "global", "global_customer": 7, "stripe": {"export": "stripe.csv"}}
    made = declared("http://127.0.0.1:1", "http://127.0.0.1:1", "sk_test_x", **given)
    assert not made.makes_customers
