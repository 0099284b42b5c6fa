"""What Dagster's own workspace knows: what each job and asset of a declaration needs, and what each person is shown."""

import warnings
from collections.abc import Iterator

import dagster as dg
import pytest
from dagster._core.remote_origin import InProcessCodeLocationOrigin
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._core.workspace.load_target import InProcessWorkspaceLoadTarget
from starlette.requests import HTTPConnection

from pipelines.login.launches import Job, KnownRun
from pipelines.login.roles import Role
from pipelines.login.sessions import PERSON, Person
from pipelines.login.workspace import DagstersWorkspace, PeoplesContext
from tests.pipelines.api_world import Site, site

LOADED = """\
from tests.pipelines.login import test_workspace

definitions = test_workspace.SERVED[0]
"""
SERVED: list[dg.Definitions] = []


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with (
        dg.instance_for_test() as instance,
        site(tmp_path_factory.mktemp("served"), instance, writes={"mode": "auto"}) as made,
    ):
        yield made


@pytest.fixture(scope="module")
def context(at: Site) -> Iterator[PeoplesContext]:
    SERVED.append(at.definitions)
    file = at.sync.folders.root / "loaded.py"
    file.write_text(LOADED)
    target = LoadableTargetOrigin(python_file=str(file), attribute="definitions")
    origin = InProcessCodeLocationOrigin(target, location_name="tieout")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Property `ScheduleDefinition.environment_vars`", DeprecationWarning)
        made = PeoplesContext(at.instance, InProcessWorkspaceLoadTarget(origin), version="test")
    with made:
        yield made


def job(name: str, location: str = "tieout") -> Job:
    return Job(location, "__repository__", name)


@pytest.mark.parametrize(
    ("asked", "role"),
    [
        (job("acme_reconcile"), "plan"),
        (job("acme_compare"), "plan"),
        (job("acme_apply"), "approve"),
        (job("acme_daily"), "approve"),
        (job("acme_override"), "approve"),
        (job("acme_nothing"), "approve"),
        (job("acme_reconcile", "elsewhere"), "approve"),
    ],
)
def test_a_job_says_who_may_start_it_and_an_unknown_one_is_not_for_everybody(
    context: PeoplesContext, asked: Job, role: Role
) -> None:
    assert DagstersWorkspace(context).role_of_job(asked) == role


def test_every_asset_that_writes_needs_an_approval(at: Site, context: PeoplesContext) -> None:
    workspace = DagstersWorkspace(context)
    assets = at.definitions.resolve_asset_graph().get_all_asset_keys()
    free = {key.path[-1] for key in assets if workspace.role_of_asset(tuple(key.path)) == "plan"}
    assert free == {
        *("stripe_customers", "netsuite_customers", "customer_matches"),
        *("review_queue", "write_plan", "reconciliation_report"),
    }
    assert workspace.role_of_asset(("acme", "nothing")) == "approve"


def test_a_run_is_known_by_its_job_and_one_from_elsewhere_is_not(at: Site, context: PeoplesContext) -> None:
    known = context.create_request_context().get_full_job(
        dg.JobSelector(location_name="tieout", repository_name="__repository__", job_name="acme_apply")
    )
    ours = dg.DagsterRun("acme_apply", remote_job_origin=known.get_remote_origin())
    others = dg.DagsterRun("acme_apply")
    for run in (ours, others):
        at.instance.add_run(run)
    workspace = DagstersWorkspace(context)
    assert workspace.run(ours.run_id) == KnownRun(job("acme_apply"), frozenset())
    assert workspace.run(others.run_id) == KnownRun(None, frozenset())
    assert (workspace.run("nobody's"), workspace.starter_of_backfill("nobody's")) == (None, None)


@pytest.mark.parametrize(
    ("role", "launches", "switches"), [("look", False, False), ("plan", True, False), ("approve", True, True)]
)
def test_its_pages_show_each_person_what_they_may(
    context: PeoplesContext, role: Role, launches: bool, switches: bool
) -> None:
    source = HTTPConnection({"type": "http", PERSON: Person("Ada", role)})
    asked = context.create_request_context(source)
    assert asked.has_permission("launch_pipeline_execution") is launches
    assert asked.has_permission_for_location("launch_pipeline_execution", "tieout") is launches
    assert asked.has_permission("start_schedule") is switches
    assert asked.has_permission_for_location("edit_sensor", "tieout") is switches
    assert asked.read_only is (role == "look")


def test_the_server_itself_may_do_everything(context: PeoplesContext) -> None:
    assert context.create_request_context().has_permission("reload_workspace")
