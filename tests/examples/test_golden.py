"""The files of the example are to the byte what they were: whoever changes one says so by changing a hash here.

The hashes are kept in `golden.json`, without the name and the times of the run. The page is left out, as it has a month
more every month.
"""

import hashlib
import json
import re
from pathlib import Path

import dagster as dg
import pytest

from pipelines.customer_sync import reconciliation
from pipelines.declarations import read_declarations
from resources.storage.folders import Folders
from tests.reconciling import CHECKOUT, RESULTS, Site

FILES = [name for name in (*RESULTS, "creations.csv", "netsuite_create.csv") if name != "report.html"]
GOLDEN = Path(__file__).with_name("golden.json")
OF_THE_RUN = re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[\d.]+ hours|\d{4}-\d\d-\d\d[ T][\d:.]+")


@pytest.mark.rule("D7")
def test_the_files_of_the_example_are_what_they_were(tmp_path: Path) -> None:
    [located] = read_declarations(CHECKOUT / "pipelines/defs/example")
    folders = Folders(CHECKOUT, tmp_path / "home", tmp_path / "out")
    with dg.DagsterInstance.ephemeral() as instance:
        site = Site(reconciliation(located.declaration, folders), instance)
        assert site.reconcile().success
        found = {"plan hash": site.plan_hash()} | {name: digest(site.results / name) for name in FILES}
    (tmp_path / "golden.json").write_text(json.dumps(found, indent=2))
    assert found == json.loads(GOLDEN.read_text())
    assert found["plan_exact.csv"] == found["plan hash"]


def digest(path: Path) -> str:
    content = path.read_bytes()
    return hashlib.sha256(OF_THE_RUN.sub(b"", content) if path.suffix == ".txt" else content).hexdigest()
