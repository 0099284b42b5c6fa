"""What starting something needs: the role that the job, the assets or the run ask for. Pure; who knows them is asked.

Whatever is not known, or not understood, needs the role that may do everything.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from pipelines.login.roles import ROLES, Role

_IMPLICIT: Final = "__ASSET_JOB"
"""How Dagster calls the job of whatever is materialized by itself."""
_PARTITION_SET: Final = "_partition_set"

Said = Mapping[str, object]


class UnclearError(Exception):
    """What is asked can be read in two ways, or in none."""


@dataclass(frozen=True)
class Job:
    """A job as GraphQL names it."""

    location: str
    repository: str
    name: str


@dataclass(frozen=True)
class KnownRun:
    """What is known of a run: its job, and the assets to which it was narrowed."""

    job: Job | None
    assets: frozenset[tuple[str, ...]]


class Workspace(Protocol):
    """Who knows what there is to be started."""

    def role_of_job(self, job: Job) -> Role:
        """Who may start a job; `approve` for one that is not known."""
        ...

    def role_of_asset(self, key: tuple[str, ...]) -> Role:
        """Who may materialize an asset; `approve` for one that is not known."""
        ...

    def run(self, run_id: str) -> KnownRun | None:
        """A run; None where there is none."""
        ...

    def starter_of_backfill(self, backfill_id: str) -> str | None:
        """Whose name a backfill carries; None where it carries none."""
        ...


def role_of_execution(asked: Said, workspace: Workspace) -> Role:
    """What `ExecutionParams` need."""
    selector = mapping(asked.get("selector"))
    names = [text for key in ("jobName", "pipelineName") if (text := selector.get(key)) is not None]
    if len(names) != 1:
        raise UnclearError("a run names one job")
    job = Job(str(selector.get("repositoryLocationName")), str(selector.get("repositoryName")), str(names[0]))
    checks = [mapping(each).get("assetKey") for each in listed(selector.get("assetCheckSelection"))]
    return _role(job, [_path(each) for each in (*listed(selector.get("assetSelection")), *checks)], workspace)


def role_of_reexecution(asked: Said, workspace: Workspace) -> Role:
    """What `ReexecutionParams` need: what the run that is done again did."""
    return role_of_run(str(asked.get("parentRunId")), workspace)


def role_of_run(run_id: str, workspace: Workspace) -> Role:
    """What it takes to end a run, or to do it again."""
    run = workspace.run(run_id)
    return "approve" if run is None or run.job is None else _role(run.job, run.assets, workspace)


def role_of_backfill(asked: Said, workspace: Workspace) -> Role:
    """What `LaunchBackfillParams` need."""
    by_asset = [mapping(each).get("assetKey") for each in listed(asked.get("partitionsByAssets"))]
    assets = [_path(each) for each in (*listed(asked.get("assetSelection")), *by_asset)]
    found = [workspace.role_of_asset(key) for key in assets]
    if (selector := asked.get("selector")) is not None:
        where = mapping(mapping(selector).get("repositorySelector"))
        name = str(mapping(selector).get("partitionSetName")).removesuffix(_PARTITION_SET)
        job = Job(str(where.get("repositoryLocationName")), str(where.get("repositoryName")), name)
        found.append(_role(job, assets, workspace))
    return highest(found) if found else "approve"


def _role(job: Job, assets: Iterable[tuple[str, ...]], workspace: Workspace) -> Role:
    found = [workspace.role_of_asset(key) for key in assets]
    if not job.name.startswith(_IMPLICIT):
        found.append(workspace.role_of_job(job))
    return highest(found) if found else "approve"


def highest(roles: Iterable[Role]) -> Role:
    """The role that is enough for all of them."""
    return max(roles, key=ROLES.index)


def mapping(value: object) -> Said:
    """An input object. Raises UnclearError for anything else."""
    if not isinstance(value, dict):
        raise UnclearError("an object was expected")
    return value


def listed(value: object) -> Sequence[object]:
    """A list as GraphQL reads it: nothing is none, and one thing is a list of it."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _path(key: object) -> tuple[str, ...]:
    return tuple(str(part) for part in listed(mapping(key).get("path")))
