"""One case: two small files as people really have them, and a declaration, run as a whole.

A case is a folder beside this file. The tests, in `test_*.py` here, say what is right for each in words of results: who
is linked to whom, what is planned, what waits for a person, or the sentence with which the files are refused.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import polars as pl

from pipelines.declarations import read_declarations
from schemas.declaration import Declaration
from schemas.errors import TieoutError
from tests.reconciling import Site, site_at

CASES = Path(__file__).parent
_FRAMES = {"matches.csv": "customer_matches", "plan.csv": "write_plan"}


@dataclass(frozen=True)
class Ran:
    """What became of a case.

    Attributes:
        refusal: the sentence of the first step that failed, or of the declaration; empty where the run succeeded.
        site: the installation; its `results` are the files for people, its `check` a check's latest result.
        result: what the run gave.
        is_whole: whether the run was that of the job; if not, only some checks were made, and files perhaps not.
    """

    refusal: str
    site: Site | None = None
    result: dg.ExecuteInProcessResult | None = None
    is_whole: bool = True

    def rows(self, name: str) -> list[dict[str, str | None]]:
        """The rows of a result file, all as text; of a run that has no files, those of the frame it is made from."""
        assert self.site is not None, self.refusal
        assert not self.refusal, self.refusal
        if not self.is_whole and not self.site.results.exists():
            return self.site.sync.frames.read(_FRAMES[name]).collect().cast(pl.String).to_dicts()
        return pl.read_csv(self.site.results / name, infer_schema=False).to_dicts()

    @property
    def records(self) -> dict[str, int | None]:
        """Stripe id without `cus_` → the internal id that the customer is linked or matched to."""
        return {_short(row["stripe_customer_id"]): _number(row["netsuite_internal_id"]) for row in self._matches}

    @property
    def outcomes(self) -> dict[str, str | None]:
        """Stripe id without `cus_` → outcome."""
        return {_short(row["stripe_customer_id"]): row["outcome"] for row in self._matches}

    @property
    def planned(self) -> set[tuple[str, str, str, str]]:
        """Each change that is planned: system, record, field, new value."""
        columns = ("system", "record_id", "field", "new_value")
        return {tuple(str(row[column]) for column in columns) for row in self.rows("plan.csv")}  # type: ignore[misc]

    @property
    def waiting(self) -> dict[str, str]:
        """Stripe id without `cus_` → why the customer waits for a person, of `review.csv`."""
        return {_short(row["stripe_customer_id"]): str(row["reason"]) for row in self.rows("review.csv")}

    @property
    def _matches(self) -> list[dict[str, str | None]]:
        return self.rows("matches.csv")

    @property
    def failed_checks(self) -> dict[str, str]:
        """Name of each check that did not pass, warnings included → what it says."""
        assert self.site is not None, self.refusal
        if self.result is not None and not self.is_whole:
            evaluations = self.result.get_asset_check_evaluations()
            return {each.check_name: each.description or "" for each in evaluations if not each.passed}
        found = {}
        for asset_key in self.site.definitions.resolve_asset_graph().asset_check_keys:
            evaluation = self.site.check(asset_key.asset_key.path[-1], asset_key.name)
            if not evaluation.passed:
                found[asset_key.name] = evaluation.description or ""
        return found


@contextmanager
def ran(name: str, folder: Path, **changes: object) -> Iterator[Ran]:
    """Reconcile a case in a folder of the test; `changes` replace top-level keys of its declaration."""
    with _laid_out(name, folder, changes) as found:
        if isinstance(found, Ran):
            yield found
            return
        result = found.reconcile()
        yield Ran(_refusal(result), found, result)


@contextmanager
def planned(name: str, folder: Path, checks: Sequence[str] = (), **changes: object) -> Iterator[Ran]:
    """As `ran`, but no further than the plan, and these checks: for what is right by the matches and the plan alone."""
    with _run_up_to("write_plan", name, folder, checks, changes) as case:
        yield case


@contextmanager
def reported(name: str, folder: Path, checks: Sequence[str] = (), **changes: object) -> Iterator[Ran]:
    """As `ran`, with all files for people, and of the checks beside the assets only these."""
    with _run_up_to("reconciliation_report", name, folder, checks, changes) as case:
        yield case


@contextmanager
def _run_up_to(asset: str, name: str, folder: Path, checks: Sequence[str], changes: dict[str, object]) -> Iterator[Ran]:
    with _laid_out(name, folder, changes) as found:
        if isinstance(found, Ran):
            yield found
            return
        result = found.up_to(asset, checks=checks)
        yield Ran(_refusal(result), found, result, is_whole=False)


@contextmanager
def _laid_out(name: str, folder: Path, changes: dict[str, object]) -> Iterator[Site | Ran]:
    """The installation of a case; or what became of it already, where its declaration is refused."""
    shutil.copytree(CASES / name, folder / name)
    try:
        [located] = read_declarations(folder / name)
    except TieoutError as error:
        yield Ran(str(error))
        return
    declared = located.declaration
    if changes:
        declared = Declaration.model_validate({**declared.model_dump(exclude_unset=True), **changes})
    with site_at(folder, declared, root=folder / name) as site:
        yield site


def _refusal(result: dg.ExecuteInProcessResult) -> str:
    for event in result.all_events:
        if event.is_step_failure:
            failed = event.step_failure_data
            if failed.user_failure_data:
                return str(failed.user_failure_data.description)
            assert failed.error is not None
            assert "DagsterAssetCheckFailedError" in failed.error.message, failed.error
            return _failed_checks(result)
    return ""


def _failed_checks(result: dg.ExecuteInProcessResult) -> str:
    """What the blocking checks say that stopped a run."""
    evaluations = result.get_asset_check_evaluations()
    stopping = [each for each in evaluations if not each.passed and each.severity is dg.AssetCheckSeverity.ERROR]
    return " ".join(str(each.description) for each in stopping)


def _short(stripe_id: str | None) -> str:
    return str(stripe_id).removeprefix("cus_")


def _number(text: str | None) -> int | None:
    return int(text) if text else None
