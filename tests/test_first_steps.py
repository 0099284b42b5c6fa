"""What somebody meets who begins: one column mapped, labels that are not there, names as NetSuite has them."""

from pathlib import Path

import polars as pl
import pytest

from tests.in_process import command, lay_out
from tests.reconciling import NETSUITE, STRIPE, declaration, site_at
from tests.test_bad_input import DECLARED, EXPORTS

PEOPLE = """\
Internal ID,Name,First Name,Last Name
7,CUST103 Acme,,
8,CUST104 Jo Doe,Jo,Doe
"""


@pytest.mark.parametrize("rules", [[], [{"stripe": "metadata.crm_id", "netsuite": "internal_id"}]])
def test_a_declaration_with_only_the_internal_id_runs_to_the_report(tmp_path: Path, rules: list[object]) -> None:
    declared = declaration(netsuite_fields={"internal_id": "Internal ID"}, rules=rules, links_visible=False)
    with site_at(tmp_path, declared) as at:
        (tmp_path / "stripe.csv").write_text(
            "id,Email,Name,Created (UTC),netsuite_customer_id (metadata),crm_id (metadata)\n"
            "cus_1,,Acme,2026-06-01 00:00,,7\ncus_2,,Bee,2026-06-01 00:01,8,\n"
        )
        assert at.reconcile().success
        assert (at.results / "report.html").exists()
        found = pl.read_csv(at.results / "matches.csv")
        updates = (at.results / "stripe_updates.csv").read_text()
    assert found.get_column("netsuite_internal_id").to_list() == [7 if rules else None, 8]
    assert updates == "id,netsuite_customer_id\n" + ("cus_1,7\n" if rules else "")


def test_names_as_netsuite_has_them_are_compared_without_their_number(tmp_path: Path) -> None:
    fields = {"internal_id": "Internal ID", "name": "Name", "first_name": "First Name", "last_name": "Last Name"}
    rules = [
        {"stripe": "name", "netsuite": "first_name + last_name"},
        {"stripe": "name", "netsuite": "name", "as": "netsuite_name"},
    ]
    with site_at(tmp_path, declaration(netsuite_fields=fields, rules=rules)) as at:
        (tmp_path / "netsuite.csv").write_text(PEOPLE)
        (tmp_path / "stripe.csv").write_text(STRIPE.replace("Bee", "jo doe").replace(",8\n", ",\n"))
        assert at.reconcile().success
        found = pl.read_csv(at.results / "matches.csv").get_column("netsuite_internal_id").to_list()
    assert found == [7, 8, None, None]


def test_validate_lists_what_is_not_in_the_files_of_all_declarations_and_reads_no_row(tmp_path: Path) -> None:
    other = DECLARED.replace("name: acme", "name: beta").replace("netsuite.csv", "gone/*.csv")
    good = DECLARED.replace("name: acme", "name: good").replace("netsuite.csv", "right.csv")
    files = {
        **EXPORTS,
        "stripe.csv": STRIPE + 'cus_9,"never closed\n',
        "netsuite.csv": NETSUITE.replace("Company Name", "Company name, old").replace("Stage", "State"),
        "right.csv": NETSUITE,
        "pipelines/defs/b/defs.yaml": other,
        "pipelines/defs/g/defs.yaml": good,
        "pipelines/defs/x/defs.yaml": "type: [",
    }
    lay_out(tmp_path, files)
    ended = command(tmp_path, "run", "--validate")
    assert (ended.returncode, ended.stdout) == (1, "The others are good: good.\n")
    broken, labels, gone = ended.stderr.splitlines()
    assert broken.startswith(f"✗ {tmp_path}/pipelines/defs/x/defs.yaml, line ")
    assert labels.startswith(
        f"✗ acme: {tmp_path}/netsuite.csv has no column 'Company Name', 'Stage', which netsuite_fi"
    )
    assert gone.startswith(f"✗ beta: There is no file like {tmp_path}/gone/*.csv")
