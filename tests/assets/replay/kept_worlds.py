"""Generated worlds as a run leaves them: frames on disk, a plan, and its kept inputs; without Dagster."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from assets.kept_inputs import MATCHES, NETSUITE, STRIPE, keep_making, keep_picture
from assets.matching.customer_matches import matches_of
from assets.matching.overrides import with_kinds
from assets.planning.write_plan import PlanInputs, plan_of
from assets.reconciliation import Reconciliation
from pipelines.customer_sync import reconciliation
from resources.storage.folders import Folders
from schemas.declaration import Declaration
from tests.assets.matching.oracle import World
from tests.assets.matching.worlds import NETSUITE_COLUMNS, as_frames

NOW = datetime(2024, 6, 2, 8, tzinfo=UTC)
FIELDS = {"internal_id": "Internal ID", **{name: name.title() for name in NETSUITE_COLUMNS}}


def declared(**changes: object) -> Declaration:
    return Declaration.model_validate(
        {
            "name": "acme",
            "stripe": {"export": "stripe.csv", "since": "2024-05"},
            "netsuite": {"export": "netsuite.csv"},
            "netsuite_fields": FIELDS,
            "rules": [{"stripe": "email", "netsuite": "email"}, {"stripe": "name", "netsuite": "company_name"}],
            **changes,
        }
    )


def opened(folder: Path, declaration: Declaration, now: datetime = NOW) -> Reconciliation:
    folders = Folders(root=folder, home=folder / "home", out=folder / "out")
    sync = reconciliation(declaration, folders)
    return Reconciliation(declaration, sync.stripe, sync.netsuite, folders, clock=lambda: now)


def run(sync: Reconciliation, world: World) -> str:
    """Do what a run of a world does up to its plan; gives the hash."""
    stripe, netsuite, overrides = as_frames(world)
    sync.frames.write_months(STRIPE, stripe.collect(), sync.month_keys())
    sync.frames.write(NETSUITE, netsuite)
    decisions = overrides.collect()
    return plan_again(sync, decisions)


def plan_again(sync: Reconciliation, decisions: pl.DataFrame) -> str:
    """Match and plan what is there."""
    customers, records = sync.frames.read_months(STRIPE, sync.month_keys()), sync.frames.read(NETSUITE)
    kept = keep_picture(sync, with_kinds(decisions.lazy()).collect())
    matches = matches_of(sync.declaration, customers, records, decisions.lazy())
    sync.frames.write(MATCHES, matches, marks=kept)
    planned = plan_of(sync.declaration, PlanInputs(customers, records, matches.lazy()), lambda: False)
    digest = sync.plans.keep(planned.plan)
    keep_making(sync, digest, [])
    return digest
