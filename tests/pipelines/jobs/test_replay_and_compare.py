"""The jobs that make a kept plan again, and that compare two declarations on its inputs, with forms in the UI."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest

from assets.reconciliation import Reconciliation
from assets.signed_in import WHO
from pipelines.jobs.compare import build_compare
from pipelines.jobs.replay import build_replay
from tests.assets.matching.small_worlds import customer, record, world
from tests.assets.replay.kept_worlds import declared, opened, run
from tests.pipelines.api_world import sentences

WORLD = world(
    customer("cus_1", email="ap@acme.example", name="Acme"),
    record(1, email="ap@acme.example"),
    record(2, company_name="acme"),
)
OTHER = """\
type: pipelines.CustomerSync
attributes:
  name: acme
  stripe: {export: stripe.csv, since: 2024-05}
  netsuite: {export: netsuite.csv}
  netsuite_fields: FIELDS
  rules: [{stripe: name, netsuite: company_name}]
"""


@dataclass
class Kept:
    sync: Reconciliation
    plan: str
    instance: dg.DagsterInstance

    def start(self, name: str, op: str, signed_in: str = "", **config: str) -> dg.ExecuteInProcessResult:
        build = {"replay": build_replay, "compare": build_compare}[name]
        job = build(self.sync).resolve_job_def(f"acme_{name}")
        asked = {"ops": {f"acme__{op}": {"config": config}}}
        tags = {WHO: signed_in} if signed_in else {}
        return job.execute_in_process(instance=self.instance, raise_on_error=False, run_config=asked, tags=tags)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    sync = opened(tmp_path_factory.mktemp("kept"), declared())
    with dg.DagsterInstance.ephemeral() as instance:
        yield Kept(sync, run(sync, WORLD), instance)


def shown(result: dg.ExecuteInProcessResult) -> dict[str, object]:
    """What the page of the run shows."""
    [event] = [event for event in result.all_node_events if event.is_successful_output]
    return {name: value.value for name, value in event.step_output_data.metadata.items()}


@pytest.mark.rule("X12")
def test_a_plan_is_made_again_by_its_beginning(kept: Kept) -> None:
    result = kept.start("replay", "replay_plan", plan=kept.plan[:8])
    assert result.success, sentences(result)
    found = shown(result)
    assert (found["plan_hash"], found["identical"]) == (kept.plan, True)


@pytest.mark.rule("X12")
def test_a_plan_that_is_not_there_is_a_sentence(kept: Kept) -> None:
    [sentence] = sentences(kept.start("replay", "replay_plan", plan="0" * 12))
    assert "acme has no plan whose hash begins with '000000000000'" in sentence


@pytest.mark.rule("X12")
def test_another_declaration_is_compared_and_left_as_files(kept: Kept) -> None:
    fields = "{" + ", ".join(f"{name}: {label}" for name, label in declared().netsuite_fields.items()) + "}"
    (kept.sync.folders.root / "other.yaml").write_text(OTHER.replace("FIELDS", fields))
    result = kept.start("compare", "compare_declarations", second="other.yaml")
    assert result.success, sentences(result)
    found = shown(result)
    assert found["other_record"] == 1
    assert "cus_1" in Path(str(found["table"])).read_text("utf-8")
    assert Path(str(found["page"])).exists()


def test_whoever_signed_in_compares_with_declarations_of_the_checkout_alone(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.yaml").write_text("secret: 1\n")
    result = kept.start("compare", "compare_declarations", "Carol", second=str(tmp_path / "elsewhere.yaml"))
    assert [said.partition(" (")[0] for said in sentences(result)] == ["Whoever signs in to the UI names files"]
