"""Dagster's workspace where people sign in: what each of them sees as allowed, and what a job or an asset needs.

What is refused is refused in front of Dagster (`permits`). Here its pages learn of it, so that they disable a button
instead of failing, and whoever may only look is refused by Dagster as well.
"""

from collections.abc import Mapping
from typing import Final

import dagster as dg
from dagster._core.workspace.context import WorkspaceProcessContext, WorkspaceRequestContext
from dagster._core.workspace.permissions import (
    PermissionResult,
    Permissions,
    get_location_scoped_user_permissions,
    get_user_permissions,
)
from starlette.requests import HTTPConnection

from assets.signed_in import WHO
from pipelines.described import STAGE
from pipelines.login.launches import Job, KnownRun
from pipelines.login.roles import NEEDS, Role, role_named
from pipelines.login.sessions import PERSON, Person

_READING: Final = frozenset({"extract", "match", "plan", "report"})
"""The stages of assets that write nothing outside of this machine."""
_OF_PLAN: Final = frozenset(
    {
        *(Permissions.LAUNCH_PIPELINE_EXECUTION, Permissions.LAUNCH_PIPELINE_REEXECUTION),
        *(Permissions.LAUNCH_PARTITION_BACKFILL, Permissions.TERMINATE_PIPELINE_EXECUTION),
    }
)


class PeoplesContext(WorkspaceProcessContext):
    """Gives each request what its person may do."""

    def create_request_context(self, source: object | None = None) -> WorkspaceRequestContext:
        """For a request of a person; the server itself, which has none, may do everything."""
        person = source.scope.get(PERSON) if isinstance(source, HTTPConnection) else None
        return _RequestContext(
            instance=self.instance,
            current_workspace=self.get_current_workspace(),
            process_context=self,
            version=self.version,
            source=source,
            read_only=isinstance(person, Person) and person.role == "look",
            person=person if isinstance(person, Person) else None,
        )


class _RequestContext(WorkspaceRequestContext):
    def __init__(self, *, person: Person | None, **known: object) -> None:
        super().__init__(**known)  # type: ignore[arg-type]
        self._person = person

    @property
    def permissions(self) -> Mapping[str, PermissionResult]:
        return self._for_them(get_user_permissions(self._read_only))

    def permissions_for_location(self, *, location_name: str) -> Mapping[str, PermissionResult]:
        del location_name
        return self._for_them(get_location_scoped_user_permissions(self._read_only))

    def _for_them(self, known: Mapping[str, PermissionResult]) -> Mapping[str, PermissionResult]:
        if self._person is None or self._person.role == "approve":
            return known
        mine = _OF_PLAN if self._person.role == "plan" else frozenset()
        none = PermissionResult(enabled=False, disabled_reason=f"You may {self._person.role}")
        return {name: found if name in mine else none for name, found in known.items()}


class DagstersWorkspace:
    """What is known of jobs, assets, runs and backfills at this moment."""

    def __init__(self, context: WorkspaceProcessContext) -> None:
        self._context = context

    def role_of_job(self, job: Job) -> Role:
        """Who may start a job: its own metadata says so."""
        asked = self._context.create_request_context()
        selector = dg.JobSelector(location_name=job.location, repository_name=job.repository, job_name=job.name)
        if not asked.has_job(selector):
            return "approve"
        said = asked.get_full_job(selector).metadata.get(NEEDS)
        return (role_named(str(said.value)) if said else None) or "approve"

    def role_of_asset(self, key: tuple[str, ...]) -> Role:
        """Who may materialize an asset: its stage says whether it writes."""
        graph, asset = self._context.create_request_context().asset_graph, dg.AssetKey(list(key))
        reads = graph.has(asset) and graph.get(asset).tags.get(STAGE) in _READING
        return "plan" if reads else "approve"

    def run(self, run_id: str) -> KnownRun | None:
        """A run; its job is unknown where it was not started from here."""
        run = self._context.instance.get_run_by_id(run_id)
        if run is None:
            return None
        origin = run.remote_job_origin
        where = origin.repository_origin if origin else None
        job = Job(origin.location_name, where.repository_name, run.job_name) if origin and where else None
        return KnownRun(job, frozenset(tuple(key.path) for key in run.asset_selection or ()))

    def starter_of_backfill(self, backfill_id: str) -> str | None:
        """The name in the tag."""
        backfill = self._context.instance.get_backfill(backfill_id)
        return backfill.tags.get(WHO) if backfill else None
