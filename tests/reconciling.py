"""Real runs of a reconciliation, in this process, in folders of a test: what the end-to-end tests are made with."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import dagster as dg

from assets.reconciliation import IO_MANAGER_KEY, Reconciliation
from pipelines.customer_sync import build_defs, reconciliation
from resources.storage.folders import Folders
from resources.storage.io_manager import ParquetIOManager
from schemas.declaration import Declaration
from tests.labels import LABELS
from tests.memory import in_memory, with_ledger

CHECKOUT = Path(__file__).parents[1]
RESULTS = (
    "import_notes.txt",
    "matches.csv",
    "netsuite_import.csv",
    "netsuite_import_comments.csv",
    "netsuite_unmatched.csv",
    "plan.csv",
    "plan_exact.csv",
    "report.html",
    "review.csv",
    "review.xlsx",
    "stripe_updates.csv",
)
SINCE = "2026-06"

STRIPE = """\
id,Email,Name,Created (UTC),netsuite_customer_id (metadata)
cus_1,ap@acme.example,Acme,2026-06-01 00:00,
cus_2,pay@bee.example,Bee,2026-07-31 23:59,8
cus_3,AP@acme.example,Acme Two,2026-08-15 12:00,
cus_4,,Nobody,2026-09-01 00:00,
"""
NETSUITE = """\
Internal ID,External ID,Stripe Customer Id,Comments,Email,Company Name,Stage,Inactive
7,,,pays late,ap@acme.example ,Acme GmbH,Customer,No
8,cus_2,cus_2,cus_2,pay@bee.example,Bee,Customer,No
9,,,,pay@bee.example,Bee lead,Lead,No
"""
FIELDS = {name: label for name, label in LABELS.items() if name != "phone"}


def declaration(name: str = "acme", **changes: object) -> Declaration:
    return Declaration.model_validate(
        {
            "name": name,
            "stripe": {"export": "stripe.csv", "since": SINCE},
            "netsuite": {"export": "netsuite.csv"},
            "netsuite_fields": FIELDS,
            "rules": [{"stripe": "email", "netsuite": "email"}, {"stripe": "name", "netsuite": "company_name"}],
            **changes,
        }
    )


@dataclass(frozen=True)
class Site:
    """An installation in a folder: two exports, a state, results, and Dagster's memory of its runs."""

    sync: Reconciliation
    instance: dg.DagsterInstance

    @cached_property
    def definitions(self) -> dg.Definitions:
        """What a code location holds once it is loaded: the reconciliation, and the IO manager of the installation."""
        return with_frames(self.sync.folders, build_defs(self.sync))

    @property
    def results(self) -> Path:
        return self.sync.folders.results(self.sync.name)

    def reconcile(self) -> dg.ExecuteInProcessResult:
        """Run `<name>_reconcile`, every month at once."""
        job = self.definitions.resolve_job_def(f"{self.sync.name}_reconcile")
        return job.execute_in_process(instance=self.instance, raise_on_error=False)

    def up_to(self, *assets: str, checks: Sequence[str] = ()) -> dg.ExecuteInProcessResult:
        """Run the part of `<name>_reconcile` that makes these assets, and these checks, and no more; it may fail."""
        return run_up_to(self.sync, self.definitions, self.instance, assets, checks)

    def materialize(self, *names: str, month: str | None = None) -> dg.ExecuteInProcessResult:
        """Materialize some assets and their checks, as a person does in the UI."""
        job = self.definitions.resolve_implicit_global_asset_job_def()
        return job.execute_in_process(
            instance=self.instance,
            raise_on_error=False,
            asset_selection=[self.sync.key(name) for name in names],
            partition_key=month,
        )

    def plan_hash(self) -> str:
        event = self.instance.get_latest_materialization_event(self.sync.key("write_plan"))
        assert event is not None
        assert event.asset_materialization is not None
        return str(event.asset_materialization.metadata["plan_hash"].value)

    def check(self, asset: str, name: str) -> dg.AssetCheckEvaluation:
        """The latest result of a check."""
        key = dg.AssetCheckKey(self.sync.key(asset), name)
        record = self.instance.get_latest_asset_check_evaluation_record(key)
        assert record is not None
        assert record.event is not None
        assert record.event.dagster_event is not None
        return record.event.dagster_event.asset_check_evaluation_data

    def event_log(self) -> str:
        """Everything that Dagster remembers of all runs, as JSON lines."""
        runs = [run.run_id for run in self.instance.get_runs()]
        entries = [entry for run in runs for entry in self.instance.all_logs(run)]
        return "\n".join(entry.to_json() for entry in entries)  # type: ignore[no-untyped-call]  # Dagster gives it no type


def run_up_to(
    sync: Reconciliation,
    definitions: dg.Definitions,
    instance: dg.DagsterInstance,
    assets: Sequence[str],
    checks: Sequence[str] = (),
) -> dg.ExecuteInProcessResult:
    """Run the part of a reconcile that makes these assets: what a whole one makes of them, at half of its cost or less.

    No report, then, and of the checks only those that the assets make themselves, and these.
    """
    graph = definitions.resolve_asset_graph()
    made = (graph.get_ancestor_asset_keys(sync.key(name), include_self=True) for name in assets)
    keys = set().union(*made) & graph.materializable_asset_keys
    own = {check for key in keys for check in definitions.resolve_assets_def(key).check_keys}
    named = {check for check in graph.asset_check_keys if check.name in checks}
    whole = definitions.resolve_job_def(f"{sync.name}_reconcile")
    part = whole.get_subset(asset_selection=keys, asset_check_selection=own | named)
    return part.execute_in_process(instance=instance, raise_on_error=False)


@contextmanager
def site_at(folder: Path, declared: Declaration, *, root: Path | None = None) -> Iterator[Site]:
    """An installation whose exports lie in `root`; by default in the folder itself, the small ones above."""
    if root is None:
        (folder / "stripe.csv").write_text(STRIPE)
        (folder / "netsuite.csv").write_text(NETSUITE)
    folders = with_ledger(Folders(root=root or folder, home=folder / "home", out=folder / "out"))
    with in_memory() as instance:
        yield Site(reconciliation(declared, folders), instance)


def with_frames(folders: Folders, *definitions: dg.Definitions) -> dg.Definitions:
    return dg.Definitions.merge(*definitions, dg.Definitions(resources={IO_MANAGER_KEY: ParquetIOManager(folders)}))


def digests(folder: Path, names: Sequence[str] = RESULTS) -> dict[str, str]:
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}


def failure(result: dg.ExecuteInProcessResult) -> str:
    """What the one step that failed says to a person."""
    [event] = [event for event in result.all_events if event.is_step_failure]
    data = event.step_failure_data.user_failure_data
    assert data is not None, event.step_failure_data.error
    return str(data.description)
