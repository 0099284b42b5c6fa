"""Each bad input gives one sentence and exit code 1, and the results of the last good run stay as they were."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from pipelines.customer_sync import reconciliation
from pipelines.declarations import read_folder
from resources.storage.folders import Folders
from resources.storage.generations import MANIFEST
from schemas.errors import UserError
from tests.in_process import command, lay_out
from tests.installed import drive, install
from tests.reconciling import NETSUITE, RESULTS, SINCE, STRIPE, declaration

HEADER, FIRST, *_ = NETSUITE.splitlines()
DEFS = "pipelines/defs/acme/defs.yaml"
DECLARED = yaml.safe_dump(
    {
        "type": "pipelines.CustomerSync",
        "attributes": declaration().model_dump(exclude_unset=True, mode="json"),
    },
    sort_keys=False,
)
EXPORTS = {"stripe.csv": STRIPE, "netsuite.csv": NETSUITE, DEFS: DECLARED}
COLUMNS = ", ".join(HEADER.split(","))


@dataclass(frozen=True)
class Case:
    """One file that is bad, and words of the sentence that says so."""

    file: str
    content: str | bytes | None
    said: str


CASES = {
    "no such file": Case("netsuite.csv", None, "There is no file"),
    "empty": Case("stripe.csv", "", "stripe.csv is empty"),
    "header only": Case("netsuite.csv", f"{HEADER}\n", "has a header and no rows"),
    "web page": Case("stripe.csv", "<!doctype html><title>Sign in</title>", "is a web page"),
    "pdf": Case("netsuite.csv", b"%PDF-1.7\n\xe2\xe3", "is a PDF, not CSV"),
    "windows-1252": Case("netsuite.csv", NETSUITE.replace("Acme", "Acmé").encode("cp1252"), "is not UTF-8"),
    "cut in mid-row": Case("netsuite.csv", NETSUITE[: NETSUITE.rindex(",Lead")], "it was cut short"),
    "cut in a quoted field": Case("netsuite.csv", f'{HEADER}\n7,,,"pays', "ends inside a quoted field"),
    "missing column": Case(
        "netsuite.csv",
        NETSUITE.replace("Company Name", "Name"),
        f"has no column 'Company Name', which netsuite_fields names; its columns are: "
        f"{COLUMNS.replace('Company Name', 'Name')}",
    ),
    "missing column of a rule": Case(
        "stripe.csv", STRIPE.replace("Email", "Mail"), "has no column 'Email', which a rule"
    ),
    "duplicated label": Case(
        "netsuite.csv",
        "\n".join(f"{line},{line.split(',')[4]}" for line in NETSUITE.splitlines()),
        "2 columns labelled",
    ),
    "internal id that is no number": Case("netsuite.csv", NETSUITE.replace("\n7,", "\nAcme,"), "no internal id"),
    "internal id in exponent form": Case("netsuite.csv", NETSUITE.replace("\n7,", "\n7.0E+3,"), "spreadsheet"),
    "rows of one id that differ": Case(
        "netsuite.csv", NETSUITE.replace("\n8,", "\n7,"), "2 rows of the id 7 that differ"
    ),
    "stripe in place of netsuite": Case("netsuite.csv", STRIPE, "is a Stripe customer export, not a NetSuite"),
    "netsuite in place of stripe": Case("stripe.csv", NETSUITE, "is a NetSuite saved search, not a Stripe"),
    "customer older than since": Case(
        "stripe.csv", STRIPE.replace("2026-06", "2025-06"), "in the declaration to 2025-06, the month of"
    ),
    "unknown key": Case(DEFS, DECLARED + "  on_severl: first\n", "did you mean on_several?"),
    "wrong value": Case(DEFS, DECLARED + "  on_several: any\n", "should be 'first' or 'refuse'"),
    "writes of exports": Case(DEFS, DECLARED + "  writes: {mode: auto}\n", "writes.mode: auto has no effect here"),
    "rule on a field that is not mapped": Case(
        DEFS, DECLARED.replace("- company_name", "- title"), "'title' is not in netsuite_fields"
    ),
    "other type": Case(DEFS, DECLARED.replace("CustomerSync", "CustomersSync"), "expected pipelines.CustomerSync"),
}


RUN = {
    *("no such file", "windows-1252", "cut in mid-row", "missing column of a rule", "rows of one id that differ"),
    *("netsuite in place of stripe", "customer older than since", "unknown key", "other type"),
}
"""Of every kind one, for which `make run` is run as a whole."""


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_bad_input_gives_a_sentence(tmp_path: Path, case: Case) -> None:
    for name, text in EXPORTS.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / case.file).unlink()
    if case.content is not None:
        content = case.content.encode() if isinstance(case.content, str) else case.content
        (tmp_path / case.file).write_bytes(content)
    with pytest.raises(UserError) as raised:
        _read(tmp_path)
    assert _is_one_sentence(f"✗ {raised.value}", case.said), raised.value
    assert not any(word in str(raised.value) for word in (".example", "Acme"))


def _read(folder: Path) -> None:
    """Read the declaration and both its sides, as a run does, and make nothing of them."""
    declared = read_folder(folder / "pipelines" / "defs").named("acme").declaration
    sync = reconciliation(declared, Folders(folder, folder / "home", folder / "out"))
    sync.netsuite.customers(None, print)
    first = datetime.fromisoformat(f"{SINCE}-01T00:00Z")
    sync.stripe.customers(first, datetime.now(UTC) + timedelta(days=31), None, print)


def test_bad_input_leaves_the_last_results(tmp_path: Path) -> None:
    install(tmp_path, EXPORTS)
    changes = {name: {CASES[name].file: _latin(CASES[name].content)} for name in sorted(RUN)}
    found, _ = drive(tmp_path, {"good": {}, **changes, "good again": {}})
    good = found["good"]
    assert (good["code"], good["errors"]) == (0, "")
    assert sorted(good["results"]) == sorted([*RESULTS, MANIFEST])
    said = {name: found[name]["errors"] for name in RUN}
    assert {name: text for name, text in said.items() if not _is_one_sentence(text, CASES[name].said)} == {}
    assert {name: found[name]["code"] for name in RUN} == dict.fromkeys(RUN, 1)
    assert [name for name in RUN if found[name]["results"] != good["results"]] == []
    assert [name for name, text in said.items() if ".example" in text or "Acme" in text] == []
    assert found["good again"]["code"] == 0


def test_unknown_declaration_gives_a_sentence_that_names_those_that_are_there(tmp_path: Path) -> None:
    lay_out(tmp_path, EXPORTS)
    ended = command(tmp_path, "run", "nobody")
    assert ended.returncode == 1
    assert ended.stderr == "✗ There is no declaration 'nobody'; there are: acme.\n"


def _is_one_sentence(text: str, said: str) -> bool:
    lines = text.splitlines()
    return len(lines) == 1 and lines[0].startswith("✗ ") and lines[0].endswith(".") and said in lines[0]


def _latin(content: str | bytes | None) -> str | None:
    raw = content.encode() if isinstance(content, str) else content
    return None if raw is None else raw.decode("latin-1")
