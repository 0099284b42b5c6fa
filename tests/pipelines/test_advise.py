"""`make advise` as a person starts it: every field is compared, declared or not."""

from pathlib import Path

import polars as pl
import pytest

from assets.report.advice_page import NONE_FIT, NOT_COMPARED
from pipelines.advise import advice_for
from tests.in_process import command, lay_out
from tests.pipelines.api_world import site
from tests.test_bad_input import DECLARED

STRIPE = "id,Email,Name,Created (UTC),crm (metadata)\n" + "".join(
    f"cus_{at},a{at}@acme.example,Acme {at},2026-06-01 00:00,K{at}\n" for at in range(9)
)
NETSUITE = (
    "Internal ID,External ID,Stripe Customer Id,Comments,Email,Company Name,Stage,Inactive,CRM = Nummer\n"
    + "".join(f"{at + 1},,,,,Other {at},Customer,No,k{at}\n" for at in range(9))
)


@pytest.mark.rule("X14")
def test_columns_that_are_not_declared_are_compared_and_what_they_need_is_said(tmp_path: Path) -> None:
    lay_out(tmp_path, {"stripe.csv": STRIPE, "netsuite.csv": NETSUITE, "pipelines/defs/acme/defs.yaml": DECLARED})
    ended = command(tmp_path, "advise", "acme")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "    - {stripe: metadata.crm, netsuite: crm_nummer} # 9 customers, 0 ambiguous\n" in ended.stdout
    assert "They need, under netsuite_fields:\n    crm_nummer: CRM = Nummer\n" in ended.stdout
    where = "The recommended lines go under rules: in pipelines/defs/acme/defs.yaml, in place of those that are there"
    assert f"\n{where}; then make run NAME=acme.\n" in ended.stdout
    table = pl.read_csv(tmp_path / "out/acme/advice.csv")
    assert table.row(0) == (1, "metadata.crm", "crm_nummer", 9, 9, 0, 0, 0, "CRM = Nummer")
    assert "metadata.crm = crm_nummer" in (tmp_path / "out/acme/advice.html").read_text("utf-8")


@pytest.mark.rule("X14")
def test_where_no_pair_is_fit_it_says_why_and_names_the_rules_that_are_no_plain_pair(tmp_path: Path) -> None:
    rules = "  - {stripe: name, netsuite: company_name, as: netsuite_name}\n"
    declaration = DECLARED.replace("  rules:\n", f"  rules:\n{rules}")
    netsuite = NETSUITE.replace(",k", ",none")
    lay_out(tmp_path, {"stripe.csv": STRIPE, "netsuite.csv": netsuite, "pipelines/defs/acme/defs.yaml": declaration})
    ended = command(tmp_path, "advise", "acme")
    assert (ended.returncode, ended.stderr) == (0, "")
    apart = f"{NOT_COMPARED} name = company_name as netsuite_name."
    assert f"\n{NONE_FIT}\n\n{apart}\n\nIn " in ended.stdout
    page = (tmp_path / "out/acme/advice.html").read_text("utf-8")
    assert NONE_FIT in page
    assert apart in page


def test_an_unknown_declaration_is_said_in_one_sentence(tmp_path: Path) -> None:
    lay_out(tmp_path, {})
    ended = command(tmp_path, "advise", "nobody")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "✗ There is no declaration 'nobody'; there are: none.\n"


@pytest.mark.rule("X14")
def test_over_two_apis_every_metadata_key_and_every_column_of_the_search_is_compared(tmp_path: Path) -> None:
    with site(tmp_path) as at:
        for number in (1, 2, 3):
            at.stripe.update(f"cus_{number}", {"metadata": {"erp": f"E-{number}"}})
            at.netsuite.edit(number, companyname=f"e-{number}")
        at.stripe.update("cus_4", {"metadata": {"erp": "E-3"}})
        advice, undeclared = advice_for(at.sync, lambda _: None)
    [name] = [name for name, label in undeclared.items() if label == "Company Name"]
    found = {(row["stripe"], row["netsuite"]): row for row in advice.table.to_dicts()}
    assert (found["metadata.erp", name]["links"], found["email", "email"]["links"]) == (4, 3)
    assert advice.rules[0].stripe == "metadata.erp"
