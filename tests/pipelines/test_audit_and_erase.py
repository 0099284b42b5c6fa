"""One archive of all that is known of a plan, to the byte; what is kept of a person goes, and undo stays possible."""

import io
import stat
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from unittest.mock import patch

import polars as pl
import pytest

from pipelines import audit, erase
from resources.storage.generations import MadeBy
from resources.storage.results import Results
from resources.traces import keep, keep_traces
from schemas.errors import UserError
from tests.in_process import command, lay_out
from tests.pipelines.api_world import Site
from tests.pipelines.api_world import site as api_site
from tests.test_bad_input import EXPORTS


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str]]:
    with api_site(tmp_path_factory.mktemp("site")) as made:
        plan = made.plan()
        assert made.apply(plan).success
        yield made, plan


def test_an_archive_has_plan_approval_attempts_and_inputs_and_is_the_same_again(
    applied: tuple[Site, str], tmp_path: Path
) -> None:
    site, plan = applied
    files = audit.files_of(site.sync, audit.plan_of(site.sync, plan[:9]))
    content = audit.archive(files)
    assert content == audit.archive(audit.files_of(site.sync, plan))
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.namelist() == ["README.txt", "attempts.csv", "inputs.json", "plan.csv", "requests.csv"]
        assert sha256(packed.read("plan.csv")).hexdigest() == plan
        assert packed.read("README.txt").decode().count("SHA-256") == 4 + 1
    [asked] = pl.read_csv(files["requests.csv"]).rows(named=True)
    assert (asked["direction"], asked["who"]) == ("apply", "Ada")
    attempts = pl.read_csv(files["attempts.csv"])
    assert dict(attempts.select("change_id", "status").rows()) == site.statuses(plan)
    assert set(attempts.get_column("who")) == {"Ada"}
    assert b'"frames"' in files["inputs.json"]
    kept = audit._keep(tmp_path / "out" / "acme-audit.zip", content)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


@pytest.mark.parametrize("start", ["", "other"])
def test_a_plan_that_is_not_one_is_refused(applied: tuple[Site, str], start: str) -> None:
    site, plan = applied
    with pytest.raises(UserError, match="give PLAN= the hash"):
        audit.plan_of(site.sync, start.replace("other", "1" if plan.startswith("0") else "0"))


def test_what_is_kept_of_a_person_goes_and_what_stays_is_named(tmp_path: Path) -> None:
    with api_site(tmp_path) as site:
        plan = site.reconcile()
        assert site.apply(plan).success
        customer, email = _somebody(site)
        mine = site.sync.folders.results("acme") / "mine.txt"
        mine.write_text("a note")
        found = {"compared.csv": lambda path: path.write_text(email) and None}
        Results(site.sync.folders.compared("acme")).publish(found, MadeBy.now("compare", plan))
        keep_traces(site.sync.folders.home)
        assert keep(ValueError(email))
        assert _files_with(tmp_path, email)
        assert erase.is_kept(site.sync, customer)
        assert not erase.is_kept(site.sync, "cus_of_no_file")

        erased, left = erase.erase(site.sync), erase.stays(site.sync, customer)

        assert min(erased.frames, erased.inputs, erased.results) > 0
        assert erased.errors == 1
        assert _files_with(tmp_path, email) == []
        assert not erase.is_kept(site.sync, customer)
        assert mine.read_text() == "a note"
        assert (left.plans, left.decisions) == ({plan: False}, False)
        assert left.attempts > 0
        said = " ".join(erase.said(site.sync, customer, erased, left))
        assert f"Kept, as they have rows about {customer}: 1 plan, {plan[:12]}." in said
        assert site.undo(plan).success  # what was written can still be taken back
        assert site.plan()


def test_an_unforeseen_error_is_told_without_its_words_which_a_file_has(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    broken = patch("pipelines.audit.plan_of", side_effect=ValueError("ap@acme.example is no number"))
    lay_out(tmp_path, EXPORTS)
    with broken:
        ended = command(tmp_path, "audit", "acme", "--plan", "x")
    assert ended.returncode == 1
    assert ended.stderr.startswith(
        "✗ This is an error in Tieout itself, not in your files or settings: ValueError; its"
    )
    assert "ap@acme.example" not in ended.stdout + ended.stderr
    [file] = (tmp_path / "home" / "errors").iterdir()
    assert str(file) in ended.stderr
    assert "ap@acme.example is no number" in file.read_text()


def _somebody(site: Site) -> tuple[str, str]:
    """A customer whom the plan is about, with the e-mail address by which it is known."""
    planned = site.result("plan.csv").get_column("stripe_customer_id")[0]
    row = site.frame("stripe_customers").filter(pl.col("id") == planned).row(0, named=True)
    return str(planned), str(row["email"])


def _files_with(folder: Path, text: str) -> list[Path]:
    """The files below a folder in which a text stands; frames are looked at as tables."""
    found = []
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        content = path.read_bytes()
        if content[:4] == b"PAR1":
            content = pl.read_parquet(path).write_ndjson().encode()
        if text.encode() in content:
            found.append(path)
    return found
