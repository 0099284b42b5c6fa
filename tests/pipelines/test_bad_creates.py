"""New customers of whom something is wrong: each gets a sentence, and the neighbours go on; over both stand-ins."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.planning.preflight_check import ACCEPTED
from sandbox.netsuite_standin import Account, Options
from schemas.change import RECORD
from schemas.link_fields import BY_NAME
from tests.pipelines.api_world import MOMENT, Site, sentences, site

MAY_DELETE = Options(permissions={"LIST_CUSTJOB": 4, "LIST_FIND": 1})
MAPPING = {
    "metadata.vip": "custentity_vip",
    "metadata.code": "custentity_code",
    "metadata.note": "custentity_note",
    "metadata.day": "custentity_day",
}
SETTINGS = {"when": "at_once", "mapping": MAPPING, "limits": {"custentity_code": 32}, "country": "US"}
GOOD = "cus_4"


@contextmanager
def creating(folder: Path, options: Options = MAY_DELETE, **create: Any) -> Iterator[Site]:  # noqa: ANN401  the block
    created = {**SETTINGS, **create}
    with site(folder, options=options, on_none="create", create=created) as at:
        at.netsuite.custom_fields |= {*MAPPING.values()}
        at.netsuite.custom_kinds |= {"custentity_vip": "checkbox", "custentity_day": "date"}
        yield at


def add(at: Site, **given: dict[str, Any]) -> None:
    at.stripe.load((name, MOMENT + 100, body) for name, body in given.items())


def made(at: Site) -> dict[str, int]:
    """External id → internal id of the records that were made."""
    found = {number: one.values.get("externalid") for number, one in at.netsuite.customers.items() if number > 3}
    return {str(key): number for number, key in found.items()}


def create_outcomes(at: Site) -> dict[str, tuple[str, str]]:
    """Of each create: its status and the sentence."""
    rows = at.result("outcomes.csv").filter(pl.col("change_id").str.starts_with("netsuite:create:"))
    return {
        name.removeprefix("netsuite:create:"): (status, error or "")
        for name, status, error in rows.select("change_id", "status", "error").rows()
    }


def reasons(at: Site, plan: str) -> dict[str, str]:
    creates = at.sync.plans.read(plan).filter(pl.col("action") == "create")
    return dict(creates.select("stripe_customer_id", "reason").rows())


@pytest.mark.rule("C3")
@pytest.mark.rule("C5")
@pytest.mark.rule("C10")
@pytest.mark.rule("C11")
def test_bad_customers_get_a_sentence_each_and_their_neighbours_a_record(tmp_path: Path) -> None:
    with creating(tmp_path) as at:
        add(
            at,
            cus_yes={"name": "Yes", "metadata": {"vip": "yes"}},
            cus_true={"name": "True", "metadata": {"vip": "true"}},
            cus_day={"name": "Day", "metadata": {"day": "31.5.2026"}},
            cus_long={"name": "Long", "metadata": {"code": "x" * 500}},
            cus_longer={"name": "Longer", "metadata": {"note": "x" * 500}},
            cus_korea={"name": "Korea", "address": {"city": "Busan", "country": "Korea"}},
            cus_spaces={"name": " \u00a0 ", "description": "\u200b", "email": "spaces@acme.example"},
            cus_emoji={"name": "Caf\u00e9 \U0001f600\U0001f469\u200d\U0001f680"},
            cus_gone={"name": "Gone"},
        )
        plan = at.plan()
        said = reasons(at, plan)
        at.stripe.delete("cus_gone")
        at.apply(plan)
        outcomes, there = create_outcomes(at), made(at)
        records = {key: at.netsuite.customers[number] for key, number in there.items()}

    wrong = {"cus_yes", "cus_day", "cus_longer", "cus_gone"}
    assert {customer for customer, (status, _) in outcomes.items() if status == "failed"} == wrong
    assert set(there) == set(outcomes) - wrong
    assert outcomes["cus_yes"][1].startswith("custentity_vip holds true or false, and “yes” is none")
    assert outcomes["cus_day"][1].startswith("custentity_day holds a date, such as 2026-05-31")
    assert "custentity_note" in outcomes["cus_longer"][1]
    assert "NetSuite was left alone" in outcomes["cus_gone"][1]
    assert records["cus_true"].values["custentity_vip"] is True
    assert "custentity_code left out" in said["cus_long"]
    assert records["cus_long"].values.get("custentity_code") is None
    assert [line["country"] for line in records["cus_korea"].addresses] == [""]
    assert "country" in said["cus_korea"]
    spaces = records["cus_spaces"].values
    assert spaces["entityid"] == spaces["companyname"] == "spaces@acme.example"
    assert records["cus_emoji"].values["companyname"] == "Caf\u00e9 \U0001f600\U0001f469\u200d\U0001f680"
    assert [at.link_of(f"cus_{n}") for n in (1, 2, 3)] == ["1", "2", "3"]
    assert at.link_of(GOOD) == str(there[GOOD])
    assert [at.link_of(customer) for customer in sorted(wrong - {"cus_gone"})] == [None] * 3


@pytest.mark.rule("C13")
@pytest.mark.parametrize(
    ("create", "field"),
    [
        ({"subsidiary": 9}, "subsidiary"),
        ({"defaults": {"custentity_nothing": "x"}}, "custentity_nothing"),
    ],
)
def test_what_the_account_does_not_have_fails_with_its_name_and_links_are_written(
    tmp_path: Path, create: dict[str, Any], field: str
) -> None:
    with creating(tmp_path, **create) as at:
        at.netsuite.account = Account(subsidiaries=frozenset({"3"}), forms=frozenset({"100"}))
        assert at.up_to("reconciliation_report", checks=[ACCEPTED]).success
        plan, page = at.plan_hash(), at.sync.folders.results("acme") / "report.html"
        assert field in page.read_text("utf-8")
        at.apply(plan)
        status, error = create_outcomes(at)[GOOD]
        assert status == "failed"
        assert field in error
        assert made(at) == {}
        assert [at.link_of(f"cus_{n}") for n in (1, 2, 3, 4)] == ["1", "2", "3", None]


@pytest.mark.rule("C12")
def test_a_currency_that_is_not_active_fails_and_where_the_feature_is_off_it_is_not_set(tmp_path: Path) -> None:
    with creating(tmp_path, Options(permissions={**MAY_DELETE.permissions, "LIST_CURRENCY": 1}), currency="EUR") as at:
        at.netsuite.account = Account(multicurrency=True, currencies={"1": "USD"})
        plan = at.plan()
        at.apply(plan)
        status, error = create_outcomes(at)[GOOD]
        assert (status, "EUR" in error) == ("failed", True)
        at.netsuite.account = Account()
        at.apply(plan)
        assert create_outcomes(at)[GOOD][0] == "applied"
        assert at.netsuite.customers[made(at)[GOOD]].currencies == []


def test_a_role_that_may_not_create_says_so_before_and_makes_nobody(tmp_path: Path) -> None:
    with creating(tmp_path, Options(permissions={"LIST_CUSTJOB": 1, "LIST_FIND": 1})) as at:
        assert at.up_to("reconciliation_report", checks=[ACCEPTED]).success
        plan, page = at.plan_hash(), (at.sync.folders.results("acme") / "report.html").read_text("utf-8")
        assert "it may not create customers: it needs Lists" in page
        result = at.apply(plan)
        assert not result.success
        assert any("Customers" in sentence for sentence in sentences(result))
        assert made(at) == {}


@pytest.mark.rule("C14")
@pytest.mark.rule("W6")
def test_whatever_changes_on_either_side_no_later_plan_touches_a_created_record(tmp_path: Path) -> None:
    with creating(tmp_path) as at:
        add(
            at, cus_new={"name": "New", "email": "new@acme.example", "phone": "555 010 0100", "metadata": {"code": "A"}}
        )
        assert at.apply(at.plan()).success
        number = made(at)["cus_new"]
        at.stripe.update(
            "cus_new",
            {
                "name": "Renamed",
                "email": "other@acme.example",
                "phone": "555 020 0200",
                "description": "now with one",
                "metadata": {"code": "B", "vip": "true"},
            },
        )
        assert at.sync.plans.read(at.plan()).is_empty()
        at.netsuite.edit(number, companyname="By hand", email="hand@acme.example", phone=None)
        assert at.sync.plans.read(at.plan()).is_empty()
        assert at.netsuite.customers[number].values["companyname"] == "By hand"
        at.netsuite.edit(number, comments=None)
        plan = at.sync.plans.read(at.plan())
        assert plan.select("system", "field", "action").rows() == [("netsuite", "comments", "append")]


@pytest.mark.rule("C14")
@pytest.mark.rule("W6")
def test_a_plan_has_no_word_for_changing_another_field_than_a_link(tmp_path: Path) -> None:
    with creating(tmp_path) as at:
        add(at, cus_new={"name": "New", "metadata": {"code": "A"}})
        plan = at.sync.plans.read(at.plan())
    edits = plan.filter(pl.col("action") != "create")
    assert set(edits.get_column("field")) <= set(BY_NAME)
    assert set(plan.filter(pl.col("action") == "create").get_column("field")) == {RECORD}
