"""What history and people hold on to: the keys and names of one declaration, pinned so that none changes unnoticed.

Dagster knows assets, checks and jobs by these names; a changed one loses its past. Add, and change only on purpose.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from pipelines.jobs.selections import every_month
from pipelines.login.roles import NEEDS
from tests.pipelines.api_world import site as api_site
from tests.reconciling import Site, declaration, site_at

ASSETS = {
    "stripe_customers": {"stripe_export"},
    "netsuite_customers": {"netsuite_export"},
    "customer_matches": {"stripe_customers", "netsuite_customers"},
    "review_queue": {"stripe_customers", "netsuite_customers", "customer_matches"},
    "write_plan": {"stripe_customers", "netsuite_customers", "customer_matches"},
    "reconciliation_report": {
        "stripe_customers",
        "netsuite_customers",
        "customer_matches",
        "review_queue",
        "write_plan",
    },
}
SOURCES = {"stripe_export": set[str](), "netsuite_export": set[str]()}
CHECKS = {
    "stripe_customers": {
        "schema",
        "complete",
        "links_seen",
        "unique_ids",
        "email_form",
        "empty_keys",
        "duplicate_keys",
        "placeholders",
        "not_shrunk",
        "no_month_missing",
    },
    "netsuite_customers": {
        "schema",
        "complete",
        "known_words",
        "links_seen",
        "unique_ids",
        "email_form",
        "empty_keys",
        "duplicate_keys",
        "placeholders",
        "not_shrunk",
        "has_customers",
    },
    "customer_matches": {
        "schema",
        "every_customer_once",
        "evidence_agrees",
        "links_one_sided",
        "links_crossed",
        "links_dangling",
        "links_doubled",
        "other_readings",
    },
    "review_queue": {"schema"},
    "write_plan": {"schema", "nothing_withheld"},
    "reconciliation_report": set[str](),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_at(tmp_path_factory.mktemp("site"), declaration()) as site:
        yield site


@pytest.fixture(scope="module")
def specs(site: Site) -> dict[str, dg.AssetSpec]:
    found = {spec.key: spec for spec in site.definitions.resolve_all_asset_specs()}
    assert {key.path[0] for key in found} == {"acme"}
    return {key.path[-1]: spec for key, spec in found.items()}


@pytest.mark.rule("D1")
def test_assets_and_what_they_are_made_from(specs: dict[str, dg.AssetSpec]) -> None:
    assert {name: {dep.asset_key.path[-1] for dep in spec.deps} for name, spec in specs.items()} == ASSETS | SOURCES


def test_every_asset_is_in_its_declarations_group_and_described(specs: dict[str, dg.AssetSpec]) -> None:
    assert {spec.group_name for spec in specs.values()} == {"acme"}
    assert all(len(spec.description or "") > 80 for spec in specs.values())


@pytest.mark.rule("D4")
def test_checks_of_every_asset(site: Site) -> None:
    graph = site.definitions.resolve_asset_graph()
    found = {name: {key.name for key in graph.asset_check_keys if key.asset_key.path[-1] == name} for name in ASSETS}
    assert found == CHECKS
    assert len(graph.asset_check_keys) == sum(map(len, CHECKS.values()))


@pytest.mark.rule("D3")
def test_only_stripe_customers_have_partitions_by_month_in_utc(specs: dict[str, dg.AssetSpec]) -> None:
    months = specs["stripe_customers"].partitions_def
    assert isinstance(months, dg.MonthlyPartitionsDefinition)
    assert (months.timezone, months.end_offset) == ("UTC", 1)
    assert months.get_first_partition_key() == "2026-06-01"
    assert {name for name, spec in specs.items() if spec.partitions_def} == {"stripe_customers"}


def test_jobs_and_the_assets_they_run(site: Site) -> None:
    jobs = {job.name: job for job in site.definitions.resolve_all_job_defs() if not job.name.startswith("__")}
    always = ("compare", "override", "override_file", "prune", "reconcile", "replay")
    assert list(jobs) == [f"acme_{name}" for name in always]
    run = {key.path[-1] for key in jobs["acme_reconcile"].asset_layer.selected_asset_keys}
    assert run == set(ASSETS)
    assert {node.name for node in jobs["acme_reconcile"].nodes} == {
        *(f"acme__{name}" for name in ASSETS),
        *(f"acme_{name}" for name in ("stripe_quality", "netsuite_quality", "link_audit", "other_readings")),
    }


def test_reconcile_covers_every_month_at_once(site: Site) -> None:
    moment = datetime(2026, 8, 31, 23, 59, tzinfo=UTC)
    assert every_month(replace(site.sync, clock=lambda: moment)) == {
        "dagster/asset_partition_range_start": "2026-06-01",
        "dagster/asset_partition_range_end": "2026-08-01",
    }


def test_a_report_is_fresh_until_the_next_daily_run_has_been_missed(
    tmp_path: Path, specs: dict[str, dg.AssetSpec]
) -> None:
    with api_site(tmp_path, daily={"at": "22:30", "time_zone": "Europe/Berlin", "within_hours": 2}) as over_apis:
        policies = {
            spec.key.path[-1]: spec.freshness_policy for spec in over_apis.definitions.resolve_all_asset_specs()
        }
    expected = dg.FreshnessPolicy.cron("30 0 * * *", timedelta(hours=2), "Europe/Berlin")
    assert {name: policy for name, policy in policies.items() if policy} == {"reconciliation_report": expected}
    assert not any(spec.freshness_policy for spec in specs.values())  # exports come by hand, whenever they do


def test_nothing_runs_by_itself(site: Site) -> None:
    repository = site.definitions.get_repository_def()
    schedules = {schedule.name: schedule.default_status for schedule in repository.schedule_defs}
    assert schedules == {"acme_prune": dg.DefaultScheduleStatus.STOPPED}
    sensors = {sensor.name: sensor.default_status for sensor in repository.sensor_defs}
    assert sensors == {"acme_notify_failure": dg.DefaultSensorStatus.STOPPED}


@pytest.mark.rule("D7")
def test_what_two_apis_add_to_it(tmp_path: Path) -> None:
    with api_site(tmp_path, writes={"mode": "auto"}) as over_apis:
        graph = over_apis.definitions.resolve_asset_graph()
        repository = over_apis.definitions.get_repository_def()
    added = {key.path[-1] for key in graph.get_all_asset_keys()} - ASSETS.keys()
    assert added == {
        "stripe_account",
        "netsuite_account",
        "netsuite_links",
        "netsuite_comments",
        "netsuite_external_ids",
        "stripe_links",
    }
    brakes = {key.name for key in graph.asset_check_keys if key.asset_key.path[-1] == "write_plan"}
    assert brakes - CHECKS["write_plan"] == {
        "first_run_approved",
        "extracts_not_shrunk",
        "match_rate_in_band",
        "writes_within_limit",
        "no_month_missing_for_writes",
        "picture_is_fresh",
    }
    roles = needed(over_apis.definitions)
    assert {name for name, role in roles.items() if role == "plan"} == {"reconcile", "replay", "compare"}
    jobs = {job.name for job in repository.get_all_jobs() if not job.name.startswith("__")}
    kept = ("override", "override_file", "replay", "compare", "prune")
    assert jobs == {f"acme_{name}" for name in ("reconcile", "apply", "undo", "daily", *kept)}
    assert [schedule.name for schedule in repository.schedule_defs] == ["acme_daily", "acme_prune"]
    assert {each.default_status for each in repository.schedule_defs} == {dg.DefaultScheduleStatus.STOPPED}


@pytest.mark.rule("P1")
def test_what_the_way_to_stripe_adds_to_that(tmp_path: Path) -> None:
    to_stripe = {"mass_search": "customsearch_x", "on_none": "create", "updates": ["name"]}
    with api_site(tmp_path / "with", to_stripe=to_stripe) as there, api_site(tmp_path / "without") as without:
        keys = [
            {key.path[-1] for key in each.definitions.resolve_asset_graph().get_all_asset_keys()}
            for each in (there, without)
        ]
        roles = [needed(each.definitions) for each in (there, without)]
    assert keys[0] - keys[1] == {"netsuite_sync", "stripe_matches", "stripe_new_customers", "stripe_fields"}
    assert keys[1] <= keys[0]
    planned = dict.fromkeys(("daily", "reconcile", "replay", "compare"), "plan")
    asked = dict.fromkeys(("apply", "undo", "prune"), "approve")
    deciding = ("override", "override_file")
    assert roles[1] == {**planned, **asked, **dict.fromkeys(deciding, "plan")}
    assert roles[0] == {**planned, **asked, **dict.fromkeys((*deciding, "sync_one"), "approve")}


def needed(definitions: dg.Definitions) -> dict[str, object]:
    """Who may start each job where the UI has a login: a mistake here lets somebody write who may not."""
    jobs = [job for job in definitions.resolve_all_job_defs() if not job.name.startswith("__")]
    return {job.name.removeprefix("acme_"): job.metadata[NEEDS].value for job in jobs}


def test_operations_have_names_of_their_declaration(site: Site, tmp_path: Path) -> None:
    with site_at(tmp_path, declaration("acme_2")) as other:
        names = [
            {node.name for node in each.definitions.resolve_implicit_global_asset_job_def().nodes}
            for each in (site, other)
        ]
    assert len(names[0]) == len(names[1]) == 10
    assert not names[0] & names[1]
