"""`make compare`, as a person starts it: counts, a CSV and a page in a place of their own, and nothing else written."""

from pathlib import Path

import pytest
import yaml

from tests.in_process import command, lay_out
from tests.reconciling import FIELDS, STRIPE, declaration
from tests.test_bad_input import EXPORTS

RISKY = STRIPE.replace("cus_3,AP@acme.example,Acme Two,", "cus_3,AP@acme.example,=1+1,")


def declared(**changes: object) -> str:
    said = declaration(**changes).model_dump(exclude_unset=True, mode="json")  # type: ignore[arg-type]  # a declaration's keys
    return yaml.safe_dump({"type": "pipelines.CustomerSync", "attributes": said}, sort_keys=False)


def sh(folder: Path, module: str, *arguments: str) -> tuple[int, str, str]:
    ended = command(folder, module, *arguments)
    return ended.returncode, ended.stdout, ended.stderr


def kept(folder: Path) -> dict[str, int]:
    """What lies in the state and the results, but for Dagster's own logs, and when it was written."""
    files = [path for top in ("home", "out/acme") for path in (folder / top).resolve().rglob("*") if path.is_file()]
    return {
        str(path): path.stat().st_mtime_ns for path in files if path.suffix in {".csv", ".parquet", ".json", ".html"}
    }


@pytest.mark.rule("X12")
def test_a_second_declaration_is_compared_and_nothing_else_is_written(tmp_path: Path) -> None:
    lay_out(tmp_path, {**EXPORTS, "stripe.csv": RISKY})
    code, _, errors = sh(tmp_path, "run", "acme")
    assert code == 0, errors
    before = kept(tmp_path)
    (tmp_path / "other.yaml").write_text(declared(name="other", rules=[{"stripe": "name", "netsuite": "company_name"}]))
    code, said, errors = sh(tmp_path, "compare", "acme", "--with", "other.yaml")
    assert (code, errors) == (0, "")
    lines = [" ".join(line.split()) for line in said.splitlines()]
    assert lines[2] == "after: other.yaml"
    assert lines[3:8] == [
        "0 linked to another record",
        "0 newly linked",
        "2 no longer linked",
        "0 the same record, or none, for another reason",
        "2 decided the same",
    ]
    table = (tmp_path / "out/acme-compared/comparison.csv").read_text()
    assert "no_longer_linked,cus_3,AP@acme.example,'=1+1,7,," in table
    page = (tmp_path / "out/acme-compared/comparison.html").read_text()
    assert page.count("<tr role=") == 1 + 2
    assert kept(tmp_path) == before

    code, said, errors = sh(tmp_path, "compare", "acme")
    assert (code, errors) == (0, "")
    assert "after:  the declaration acme of today" in said
    assert " 4  decided the same" in said


WRONG = {
    "no such file": (None, "other.yaml: there is no such file; name one with a declaration"),
    "broken": (declared().replace("rules:", "rulse:"), "other.yaml, line "),
    "two": (f"{declared()}---\n{declared()}", "other.yaml: expected one declaration in it, found 2."),
    "other accounts": (
        declared(
            stripe={"api_key": "rk_test_1"},
            netsuite={"account": "1", "mass_search": "s", "client_id": "a", "certificate_id": "b", "private_key": "c"},
        ),
        "other.yaml names other accounts than acme, or another Stripe-id field in them",
    ),
    "a column that is not there": (
        declared(netsuite_fields={**FIELDS, "vat": "VAT"}, rules=[{"stripe": "email", "netsuite": "vat"}]),
        "netsuite.csv has no column 'VAT', which netsuite_fields names",
    ),
}


def test_what_cannot_be_compared_ends_in_a_sentence(tmp_path: Path) -> None:
    lay_out(tmp_path, EXPORTS)
    assert sh(tmp_path, "compare", "acme")[2].startswith("✗ acme has no plan yet")
    assert sh(tmp_path, "run", "acme")[0] == 0
    for content, sentence in WRONG.values():
        if content:
            (tmp_path / "other.yaml").write_text(content)
        code, said, errors = sh(tmp_path, "compare", "acme", "--with", "other.yaml")
        assert (code, said) == (1, "")
        assert sentence in errors.splitlines()[-1]
    for name in (tmp_path, tmp_path / "stripe.csv"):
        said = sh(tmp_path, "compare", "acme", "--with", str(name))[2]
        assert said == f"✗ {name} is no declaration, and no hash of a plan; name the defs.yaml of one.\n"
    assert not (tmp_path / "out/acme-compared").exists()
