"""Which GraphQL goes on to Dagster for whom, and with whose name: parsed, not searched, and closed where not known."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from dagster_graphql.schema import create_schema

from assets.signed_in import WHO
from pipelines.login.launches import Job, KnownRun
from pipelines.login.permits import APPROVE, ENDS, LAUNCHES, NOBODY, Permit, RefusedError
from pipelines.login.roles import Role
from pipelines.login.sessions import Person

READS = Job("tieout", "__repository__", "acme_reconcile")
WRITES = Job("tieout", "__repository__", "acme_apply")
MATCHES, LINKS = ("acme", "customer_matches"), ("acme", "stripe_links")
LAUNCH = "mutation Go($p: ExecutionParams!) { launchRun(executionParams: $p) { __typename } }"
ELSE = {"key": "tieout/who", "value": "Somebody Else"}
MINE = {"key": WHO, "value": "Ada"}


class Workspace:
    """Knows one job that reads and one that writes, one asset and one run of each, and whose two backfills are."""

    def role_of_job(self, job: Job) -> Role:
        return "plan" if job == READS else "approve"

    def role_of_asset(self, key: tuple[str, ...]) -> Role:
        return "plan" if key == MATCHES else "approve"

    def run(self, run_id: str) -> KnownRun | None:
        runs = {"r": READS, "w": WRITES, "elsewhere": None}
        return KnownRun(runs[run_id], frozenset()) if run_id in runs else None

    def starter_of_backfill(self, backfill_id: str) -> str | None:
        return {"ours": "Ada", "theirs": "Bob"}.get(backfill_id)


def judged(role: Role, query: str, variables: object = None) -> dict[str, Any]:
    return Permit(Person("Ada", role), Workspace()).judged({"query": query, "variables": variables})


def execution(job: Job, assets: list[tuple[str, ...]] | None = None, **more: object) -> dict[str, Any]:
    selector: dict[str, object] = {
        "repositoryLocationName": job.location,
        "repositoryName": job.repository,
        "jobName": job.name,
    }
    if assets is not None:
        selector["assetSelection"] = [{"path": list(path)} for path in assets]
    return {"selector": selector, "runConfigData": {}, **more}


def backfill(**more: object) -> dict[str, Any]:
    return {"p": more}


IMPLICIT = Job("tieout", "__repository__", "__ASSET_JOB")
WHERE = {"repositoryLocationName": "tieout", "repositoryName": "__repository__"}
RETRY = "mutation($p: ReexecutionParams) { launchRunReexecution(reexecutionParams: $p) { __typename } }"
FILL = "mutation($p: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $p) { __typename } }"
MANY = "mutation($p: [ExecutionParams!]!) { launchMultipleRuns(executionParamsList: $p) { __typename } }"
END = "mutation($p: [String!]!) { terminateRuns(runIds: $p) { __typename } }"
AGAIN = {"strategy": "ALL_STEPS"}

PLAN = [
    (LAUNCH, {"p": execution(READS)}),
    (LAUNCH, {"p": execution(IMPLICIT, [MATCHES])}),
    (MANY, {"p": [execution(READS), execution(READS)]}),
    (RETRY, {"p": {"parentRunId": "r", **AGAIN}}),
    (FILL, backfill(assetSelection=[{"path": list(MATCHES)}], allPartitions=True)),
    (FILL, backfill(selector={"partitionSetName": "acme_reconcile_partition_set", "repositorySelector": WHERE})),
    (END, {"p": ["r"]}),
    ('mutation { terminateRun(runId: "r") { __typename } }', None),
]
"""What somebody may who may plan."""

MORE = [
    (LAUNCH, {"p": execution(WRITES)}),
    (LAUNCH, {"p": execution(Job("elsewhere", "__repository__", "acme_reconcile"))}),
    (LAUNCH, {"p": execution(IMPLICIT, [MATCHES, LINKS])}),
    (LAUNCH, {"p": execution(IMPLICIT)}),
    (LAUNCH, {"p": execution(READS, [LINKS])}),
    (LAUNCH.replace("launchRun", "launchPipelineExecution"), {"p": execution(WRITES)}),
    (LAUNCH.replace("launchRun", "launchRunReexecution"), {"p": execution(WRITES)}),
    (MANY, {"p": [execution(READS), execution(WRITES)]}),
    (RETRY, {"p": {"parentRunId": "w", **AGAIN}}),
    (RETRY, {"p": {"parentRunId": "elsewhere", **AGAIN}}),
    (RETRY, {"p": {"parentRunId": "nobody's", **AGAIN}}),
    (FILL, backfill(assetSelection=[{"path": list(LINKS)}], allPartitions=True)),
    (FILL, backfill(partitionsByAssets=[{"assetKey": {"path": list(LINKS)}}])),
    (FILL, backfill(selector={"partitionSetName": "acme_apply_partition_set", "repositorySelector": WHERE})),
    (FILL, backfill(allPartitions=True)),
    (END, {"p": ["r", "w"]}),
    ('mutation { terminateRun(runId: "w") { __typename } }', None),
    ("mutation { reloadWorkspace { __typename } }", None),
    ("mutation { setAutoMaterializePaused(paused: true) }", None),
    ("mutation($s: ScheduleSelector!) { startSchedule(scheduleSelector: $s) { __typename } }", {"s": {}}),
    ("mutation($s: SensorSelector!) { startSensor(sensorSelector: $s) { __typename } }", {"s": {}}),
    ("mutation { wipeAssets(assetPartitionRanges: []) { __typename } }", None),
    ("mutation { resumePartitionBackfill(backfillId: $b) { __typename } }", {"b": "ours"}),
]
"""What takes somebody who may approve."""

NEVER = [
    ("mutation { deleteAppManagedComponent(componentId: 1, locationName: 2) { __typename } }", None),
    ("mutation { launchAnything { __typename } }", None),
    ("mutation { resumePartitionBackfill(backfillId: $b) { __typename } }", {"b": "theirs"}),
    ('mutation { resumePartitionBackfill(backfillId: "ours") { __typename } }', None),
    ("mutation { launchRun(executionParams: {selector: {jobName: 1}}) { __typename } }", None),
    (LAUNCH, {}),
    (LAUNCH, {"p": None}),
    (LAUNCH, {"p": {"selector": {**WHERE, "jobName": "acme_reconcile", "pipelineName": "acme_apply"}}}),
    (LAUNCH, {"p": {"selector": {**WHERE}}}),
    (LAUNCH, [1]),
    (LAUNCH, "{"),
    (LAUNCH.replace("executionParams:", "other:"), {"p": execution(READS)}),
    (LAUNCH, {"p": execution(READS, executionMetadata={"tags": [{"key": "dagster-k8s/config", "value": "{}"}]})}),
    (RETRY, {"p": {"parentRunId": "r", "extraTags": [{"key": "ecs/cpu", "value": "1"}], **AGAIN}}),
    ("mutation {", None),
    ("{" * 5_000, None),
]
"""What nobody may, or nobody can mean."""


@pytest.mark.parametrize(("query", "variables"), [*PLAN, *MORE, *NEVER])
def test_whoever_may_look_changes_nothing(query: str, variables: object) -> None:
    with pytest.raises(RefusedError):
        judged("look", query, variables)


@pytest.mark.parametrize(("query", "variables"), PLAN)
def test_whoever_may_plan_starts_and_ends_what_writes_nothing(query: str, variables: object) -> None:
    assert judged("plan", query, variables)["query"] == query


@pytest.mark.parametrize(("query", "variables"), [*MORE, *NEVER])
def test_whoever_may_plan_starts_nothing_that_writes(query: str, variables: object) -> None:
    with pytest.raises(RefusedError):
        judged("plan", query, variables)


@pytest.mark.parametrize(("query", "variables"), [*PLAN, *MORE])
def test_whoever_may_approve_may_start_everything(query: str, variables: object) -> None:
    assert judged("approve", query, variables)["query"] == query


@pytest.mark.parametrize(("query", "variables"), NEVER)
def test_what_nobody_can_mean_goes_nowhere(query: str, variables: object) -> None:
    with pytest.raises(RefusedError):
        judged("approve", query, variables)


@pytest.mark.parametrize(
    "query",
    [
        "mutation { ...A } fragment A on Mutation { ...B } fragment B on Mutation { reloadWorkspace { __typename } }",
        "mutation { ... on Mutation { x: reloadWorkspace { __typename } } }",
        "query Q { version } mutation M { reloadWorkspace { __typename } }",
        "mutation { a: __typename b: reloadWorkspace @include(if: false) { __typename } }",
        "mutation { ...A } fragment A on Mutation { __typename } fragment A on Mutation { reloadWorkspace { x } }",
        "# query\nmutation\n{ reloadWorkspace { __typename } }",
    ],
)
def test_a_mutation_is_found_however_it_is_written(query: str) -> None:
    with pytest.raises(RefusedError, match="You may plan; for this somebody is needed who may approve"):
        judged("plan", query)


@pytest.mark.parametrize(
    "query",
    [
        "{ version }",
        'query mutation { runsOrError(filter: {tags: [{key: "mutation { wipeAssets }", value: ""}]}) { __typename } }',
        "subscription($r: ID!) { pipelineRunLogs(runId: $r) { __typename } }",
        "query { reloadWorkspace: version }",
    ],
)
def test_a_query_goes_on_for_everybody_whatever_its_words(query: str) -> None:
    assert judged("look", query)["query"] == query


def test_a_fragment_that_contains_itself_ends() -> None:
    with pytest.raises(RefusedError):
        judged("plan", "mutation { ...A } fragment A on Mutation { ...A reloadWorkspace { __typename } }")


@pytest.mark.parametrize(
    ("query", "given", "where"),
    [
        (LAUNCH, execution(READS, executionMetadata={"tags": [ELSE, {"key": "a", "value": "b"}]}), "executionMetadata"),
        (LAUNCH, execution(READS, executionMetadata={"tags": ELSE}), "executionMetadata"),
        (LAUNCH, execution(READS), "executionMetadata"),
        (RETRY, {"parentRunId": "r", "extraTags": [ELSE], **AGAIN}, "extraTags"),
        (RETRY, {"parentRunId": "r", **AGAIN}, "extraTags"),
        (FILL, {"assetSelection": [{"path": list(MATCHES)}], "tags": [ELSE]}, "tags"),
    ],
)
def test_what_is_started_has_the_name_of_the_login_and_no_other(query: str, given: dict[str, Any], where: str) -> None:
    asked = judged("plan", query, {"p": given})["variables"]["p"]
    tags = asked[where]["tags"] if where == "executionMetadata" else asked[where]
    assert [tag for tag in tags if tag["key"] == WHO] == [MINE]
    assert {key: value for key, value in asked.items() if key != where} == {
        key: value for key, value in given.items() if key != where
    }


def test_each_of_many_runs_has_the_name_and_variables_may_be_text() -> None:
    params = [execution(READS, executionMetadata={"tags": [ELSE]}), execution(READS)]
    signed = judged("plan", MANY, json.dumps({"p": params}))["variables"]["p"]
    assert [each["executionMetadata"]["tags"] for each in signed] == [[MINE], [MINE]]


def test_one_run_where_a_list_is_expected_is_judged_as_a_list() -> None:
    assert judged("plan", MANY, {"p": execution(READS)})["variables"]["p"]["executionMetadata"]["tags"] == [MINE]
    with pytest.raises(RefusedError):
        judged("plan", MANY, {"p": execution(WRITES)})


def test_every_mutation_of_dagster_is_known_so_that_a_new_one_is_refused_until_somebody_has_looked_at_it() -> None:
    mutations = create_schema().graphql_schema.mutation_type
    assert mutations is not None
    assert {*LAUNCHES, *ENDS, *APPROVE, *NOBODY} == set(mutations.fields)
    arguments: Mapping[str, object] = {name: set(mutations.fields[name].args) for name in LAUNCHES}
    assert arguments == {name: set(judges) for name, judges in LAUNCHES.items()}


@pytest.mark.parametrize(
    "query", ["{ version }", "mutation { reloadWorkspace { x } }", "", "{", "fragment A on B { c }"]
)
def test_nothing_but_subscriptions_is_listened_to(query: str) -> None:
    with pytest.raises(RefusedError):
        Permit(Person("Ada", "approve"), Workspace()).subscribed({"query": query})
