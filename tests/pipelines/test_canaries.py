"""No customer's value and no secret is in what Dagster, logs, alerts and ledger keep, whatever job has run."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from unittest.mock import patch

import dagster as dg
import polars as pl
import pytest

from assets.reconciliation import Reconciliation
from resources.traces import keep_traces
from tests.pipelines.api_world import NAME
from tests.pipelines.canaries import (
    DATA,
    EMAIL,
    OURS,
    SECRETS,
    STRIPE_KEY,
    Watch,
    columns_with,
    files_with,
    found_in,
    history,
    open_to_others,
    watched,
)
from tests.pipelines.canary_worlds import OPERATIONS, Apis, over_apis, over_files
from tests.reconciling import Site


@pytest.fixture(scope="module")
def apis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apis]:
    with over_apis(tmp_path_factory.mktemp("apis")) as made:
        yield made


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Watch]]:
    with over_files(tmp_path_factory.mktemp("files")) as made:
        yield made


@contextmanager
def words_of_others(home: Path) -> Iterator[None]:
    """Whatever is computed, or asked of what is kept, ends in an error of a library, which quotes a customer."""

    def fail(*_: object, **__: object) -> None:
        raise ValueError(f"conversion failed for the value {EMAIL!r}")

    keep_traces(home)
    with ExitStack() as stack:
        for name in ("plans", "kept_inputs"):
            stack.enter_context(patch.object(Reconciliation, name, property(fail)))
        for owner, name in ((Reconciliation, "ledger"), (pl.LazyFrame, "collect"), (pl, "collect_all")):
            stack.enter_context(patch.object(owner, name, fail))
        yield


@pytest.fixture(params=["apis", "files"])
def watch(request: pytest.FixtureRequest) -> Watch:
    made = request.getfixturevalue(request.param)
    found = made.watch if isinstance(made, Apis) else made[1]
    assert isinstance(found, Watch)
    return found


def test_every_job_has_run_well_and_failed(apis: Apis, files: tuple[Site, Watch]) -> None:
    ended: dict[str, set[bool]] = {}
    for site, watch in ((apis.site, apis.watch), files):
        jobs = {job.name for job in site.definitions.resolve_all_job_defs() if not job.name.startswith("__")}
        assert watch.ended.keys() == jobs
        for job, ends in watch.ended.items():
            ended[job] = ended.get(job, set()) | ends
    assert {job for job, ends in ended.items() if ends != {True, False}} == {"acme_daily"}  # held back by its brakes


def test_nothing_of_a_customer_and_no_secret_is_in_history_logs_and_outputs(watch: Watch) -> None:
    assert len(list(watch.home.glob("history/runs/*.db"))) > sum(map(len, watch.ended.values()))
    assert list(watch.home.glob("storage/*/compute_logs/*.err"))
    assert history(watch.home) == {}
    assert "STEP_FAILURE" in watch.said.getvalue()
    assert found_in(watch.said.getvalue()) == []


def test_alerts_sensors_and_schedules_say_nothing_of_a_customer(apis: Apis, files: tuple[Site, Watch]) -> None:
    assert "held back by" in apis.heard
    assert found_in(apis.heard, DATA) == []
    for watch in (apis.watch, files[1]):
        assert found_in(" ".join(watch.ticks)) == []


def test_no_secret_is_in_any_file_and_the_ledger_keeps_values_where_it_must(watch: Watch) -> None:
    assert files_with(watch.folder, SECRETS) == {}
    assert columns_with(watch.home / "ledger.db", DATA) == set()


def test_what_holds_customers_is_its_owners_alone_and_nothing_is_left_behind(watch: Watch) -> None:
    assert found_in((watch.folder / "out" / NAME / "report.html").read_text("utf-8"), DATA)
    held = files_with(watch.home, DATA)
    assert {name.split("/")[0] for name in held} >= {"plans"}
    folders = [watch.folder / "out", watch.home, *(watch.home / name for name in OURS)]
    assert {path: mode for folder in folders[::2] + folders[3:] for path, mode in open_to_others(folder).items()} == {}
    assert [name for name in held if open_to_others(watch.home / name)] == []
    assert [*(watch.folder / "tmp").rglob("*")] == []


def test_words_of_others_are_in_no_trace_whichever_step_they_end(apis: Apis) -> None:
    site, watch = apis.site, apis.watch
    job = site.definitions.resolve_implicit_global_asset_job_def()
    before, failed = history(watch.home), set[str]()
    shutil.rmtree(watch.home / "frames" / NAME / "steps")  # each step is to be done, not to be as it was
    with words_of_others(watch.home):
        for keys, checks in levels(site.definitions):
            part = job.get_subset(asset_selection=keys, asset_check_selection=checks)
            month = site.sync.month_keys()[0] if site.sync.key("stripe_customers") in keys else None
            ended = part.execute_in_process(instance=watch.instance, raise_on_error=False, partition_key=month)
            failed |= {event.step_key for event in ended.all_events if event.is_step_failure and event.step_key}
        ends = [watch.run(site.definitions, *asked[:2], **asked[2]).success for asked in OPERATIONS]
    assert failed == {node.name for node in job.nodes}
    assert ends == [False] * len(OPERATIONS)
    assert {f"{NAME}_{job}" for job, *_ in OPERATIONS} | {f"{NAME}_reconcile", f"{NAME}_daily"} == watch.ended.keys()
    assert (before, history(watch.home)) == ({}, {})
    assert found_in(watch.said.getvalue()) == []
    assert files_with(watch.home / "errors", DATA)
    assert open_to_others(watch.home / "errors") == {}


def levels(defs: dg.Definitions) -> Iterator[tuple[set[dg.AssetKey], set[dg.AssetCheckKey]]]:
    """All assets and checks, in parts none of which stands on another of the same part."""
    made = [each for each in defs.assets or () if isinstance(each, dg.AssetsDefinition)]
    own = {key: each.check_keys for each in made for key in each.keys}
    for level in defs.resolve_asset_graph().toposorted_asset_keys_by_level:
        keys = {key for key in level if key in own}
        if keys:
            yield keys, {check for key in keys for check in own[key]}
    yield from ((set(), set(each.check_keys)) for each in defs.asset_checks or ())


def test_a_canary_in_the_history_is_found(tmp_path: Path) -> None:
    with watched(tmp_path) as watch:
        watch.instance.report_runless_asset_event(dg.AssetObservation("seen", metadata={"by": EMAIL.upper()}))
        (watch.home / "storage").mkdir(exist_ok=True)
        (watch.home / "storage" / "said.err").write_text(STRIPE_KEY)
    with closing(sqlite3.connect(watch.home / "ledger.db")) as ledger, ledger:
        ledger.execute("CREATE TABLE ledger_journal (found TEXT, code TEXT)")
        ledger.execute("INSERT INTO ledger_journal VALUES (?, ?)", (EMAIL, EMAIL))
    held = history(watch.home)
    assert {name.split("/")[0]: words for name, words in held.items()} == {
        "history": ["jabberwocky", "zubrowka"],
        "storage": [STRIPE_KEY],
    }
    assert columns_with(watch.home / "ledger.db", DATA) == {"ledger_journal.code"}
    assert str(watch.home / "ledger.db") in open_to_others(watch.home)
