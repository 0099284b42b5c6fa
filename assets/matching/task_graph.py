"""`customer_matches` as a graph of steps, for runs whose steps are done by workers on several machines.

The first step looks whether there is more to match than a machine may hold. If so, blocks of rows and then buckets of
keys are steps of their own (`tasks`), and the last step decides from what they found; if not, the last step does all,
and the others are skipped. Dagster hears names of blocks and buckets, and no key: these go from step to step in files.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Protocol

import dagster as dg
import polars as pl

from assets.matching.need import Need, need_of
from assets.matching.settings import MatchSettings
from assets.matching.task_files import BlockOf, TaskFiles, TaskPlan, remove_left, this_machine
from assets.matching.tasks import Block, blocks_of, find_in_buckets, make_keys, runs_of_buckets
from assets.reconciliation import FRAME, IO_MANAGER_KEY, Reconciliation, failures_for_people
from assets.steps import STRIPE, Step, of_frames
from resources.storage.kept_inputs import hash_of_text
from schemas.declaration.memory import in_words

OnWorkers = Callable[[dg.OpExecutionContext], bool]
"""Whether the steps of this run are done by workers."""
Context = dg.OpExecutionContext | dg.AssetExecutionContext
Told = Iterator[dg.AssetCheckResult | dg.MaterializeResult]
Handed = Iterator[dg.Output[None] | dg.DynamicOutput[None]]
Node = Any
"""A step as graphs are made of them, for which Dagster has no type."""

_NETSUITE: Final = "netsuite_customers"
_FRAME_OF: Final[Mapping[BlockOf, str]] = {"customers": STRIPE, "records": _NETSUITE}
_WAITS: Final = dg.In(dg.Nothing)
_RESULT: Final = "result"
_LEAST_BLOCKS: Final = 6
"""Of which there are fewer, one machine is done as soon: what it takes to hand out steps is more than they save."""


class Matching(Protocol):
    """What the asset does, by whatever steps."""

    @property
    def settings(self) -> MatchSettings:
        """What the declaration says."""

    def step(self, run: str) -> Step:
        """What a run is about to do."""

    def told(self, context: Context, stripe: pl.LazyFrame, netsuite: pl.LazyFrame, files: TaskFiles | None) -> Told:
        """Match, and report: with what tasks have found, where they have found all."""


@dataclass(frozen=True)
class AssetParts:
    """What the asset is to Dagster, beside its steps."""

    key: dg.AssetKey
    group: str
    description: str
    metadata: Mapping[str, Any]
    checks: Sequence[dg.AssetCheckSpec]


def graph_of_tasks(
    sync: Reconciliation, matching: Matching, parts: AssetParts, on_workers: OnWorkers
) -> dg.AssetsDefinition:
    """The asset, whose steps may be many."""
    steps = _Steps(sync, matching, parts.key.to_python_identifier(), on_workers)
    checks = [check.get_python_identifier() for check in parts.checks]

    def customer_matches(stripe_customers: Node, netsuite_customers: Node) -> Mapping[str, Node]:
        look, keys, buckets, find, gather, decide = (
            *(steps.look(), steps.keys(), steps.buckets(), steps.find(), steps.gather()),
            steps.decide(checks),
        )
        looked = look(stripe_customers, netsuite_customers)
        made = looked.blocks.map(lambda block: keys(block=block))
        found = buckets(made=made.collect()).map(lambda bucket: find(bucket=bucket))
        ready = [looked.whole, gather(found=found.collect())]
        decided = decide(ready=ready, stripe_customers=stripe_customers, netsuite_customers=netsuite_customers)
        return {name: getattr(decided, name) for name in (_RESULT, *checks)}

    return dg.graph_asset(
        key=parts.key,
        ins={asset: dg.AssetIn(sync.key(asset)) for asset in _FRAME_OF.values()},
        group_name=parts.group,
        description=parts.description,
        metadata=parts.metadata,
        kinds={"polars"},
        check_specs=parts.checks,
    )(customer_matches)


@dataclass(frozen=True)
class _Steps:
    """The steps, each under the asset's name and its own."""

    sync: Reconciliation
    matching: Matching
    name: str
    on_workers: OnWorkers

    def look(self) -> Node:
        outs = {"whole": dg.Out(dg.Nothing, is_required=False), "blocks": dg.DynamicOut(dg.Nothing, is_required=False)}

        @dg.op(name=f"{self.name}__look", ins=_sides(), out=outs)
        def look(
            context: dg.OpExecutionContext, stripe_customers: pl.LazyFrame, netsuite_customers: pl.LazyFrame
        ) -> Handed:
            """Hand out blocks of rows, if something has changed, and there is more than one machine may hold."""
            with failures_for_people():
                files, step = self._files(context), self.matching.step(context.run.run_id)
                _remove_left(context, files)
                plan = None
                if self.on_workers(context) and step.before() is None:
                    plan = self._plan(step, stripe_customers, netsuite_customers)
                if plan is None:
                    yield dg.Output(None, "whole")
                    return
                files.begin(plan)
                blocks = blocks_of(plan.rows)
                context.log.info(_HANDED, in_words(Need(**plan.need).whole), len(blocks), plan.count)
                yield from (dg.DynamicOutput(None, block.name, "blocks") for block in blocks)

        return look.alias("look")

    def keys(self) -> Node:
        @dg.op(name=f"{self.name}__keys", ins={"block": _WAITS}, out=dg.Out(dg.Nothing))
        def keys(context: dg.OpExecutionContext) -> None:
            """Make the keys of a block of rows for all rules."""
            with failures_for_people():
                files, block = self._files(context), Block.named(_mapped(context))
                frame, plan = self._frame(block.of), files.plan
                if plan and plan.machine == this_machine() and plan.frames[block.of] == self._content(block.of):
                    make_keys(files, block, frame, self.matching.settings, plan.count)
                else:
                    context.log.warning(_CHANGED)

        return keys.alias("keys")

    def buckets(self) -> Node:
        @dg.op(name=f"{self.name}__buckets", ins={"made": _WAITS}, out=dg.DynamicOut(dg.Nothing))
        def buckets(context: dg.OpExecutionContext) -> Handed:
            """Hand out buckets of keys, as all keys are there."""
            with failures_for_people():
                plan = self._files(context).plan
                runs = runs_of_buckets(plan.rows, plan.count) if plan else []
                yield from (dg.DynamicOutput(None, f"buckets_{at}") for at in range(len(runs)))

        return buckets.alias("buckets")

    def find(self) -> Node:
        @dg.op(name=f"{self.name}__find", ins={"bucket": _WAITS}, out=dg.Out(dg.Nothing))
        def find(context: dg.OpExecutionContext) -> None:
            """Find equal keys in some buckets, for each rule."""
            with failures_for_people():
                files, at = self._files(context), int(_mapped(context).rpartition("_")[2])
                plan, settings = files.plan, self.matching.settings
                runs = runs_of_buckets(plan.rows, plan.count) if plan else []
                if plan is None or at >= len(runs) or not find_in_buckets(files, runs[at], plan, settings):
                    context.log.warning(_CHANGED)

        return find.alias("find")

    def gather(self) -> Node:
        @dg.op(name=f"{self.name}__gather", ins={"found": _WAITS}, out=dg.Out(dg.Nothing))
        def gather() -> None:
            """Wait for all buckets; where none were handed out, this is skipped, and the next step is not."""

        return gather.alias("gather")

    def decide(self, checks: Sequence[str]) -> Node:
        frame = dg.Out(FRAME, io_manager_key=IO_MANAGER_KEY)
        outs = {_RESULT: frame, **{check: dg.Out(dg.Nothing) for check in checks}}

        @dg.op(name=f"{self.name}__decide", ins={"ready": _WAITS, **_sides()}, out=outs)
        def decide(
            context: dg.OpExecutionContext, stripe_customers: pl.LazyFrame, netsuite_customers: pl.LazyFrame
        ) -> Told:
            """Decide who is linked to whom, in the order of evidence."""
            with failures_for_people():
                yield from self.matching.told(context, stripe_customers, netsuite_customers, self._files(context))

        return decide.alias("decide")

    def _plan(self, step: Step, stripe: pl.LazyFrame, netsuite: pl.LazyFrame) -> TaskPlan | None:
        rows: dict[BlockOf, int] = {"customers": _height(stripe), "records": _height(netsuite)}
        if len(blocks_of(rows)) < _LEAST_BLOCKS:
            return None
        need = need_of(stripe, netsuite, self.matching.settings)
        count = need.buckets(self.sync.memory.of_a_stage)
        if not count:
            return None
        return TaskPlan(
            key=step.key or "",
            frames={of: self._content(of) for of in _FRAME_OF},
            machine=this_machine(),
            rows=rows,
            count=count,
            need=asdict(need),
        )

    def _frame(self, of: BlockOf) -> pl.LazyFrame:
        frames = self.sync.frames
        return frames.read_months(STRIPE, self.sync.month_keys()) if of == "customers" else frames.read(_NETSUITE)

    def _content(self, of: BlockOf) -> str:
        return hash_of_text(" ".join(of_frames(self.sync, _FRAME_OF[of])).encode())

    def _files(self, context: dg.OpExecutionContext) -> TaskFiles:
        """Those of the run's tasks; one that goes on where another has failed has that one's."""
        return TaskFiles(self.sync.frames.storage, context.run.root_run_id or context.run.run_id)


_HANDED: Final = (
    "Matching takes %s at once, which is more than it may: keys of %s blocks of rows are made by steps of their own, "
    "and what is equal in %s buckets of keys is found by others."
)
_CHANGED: Final = "What was to be matched has changed meanwhile, or is gone: the last step matches all by itself."


def _sides() -> dict[str, dg.In]:
    return {asset: dg.In(input_manager_key=IO_MANAGER_KEY) for asset in _FRAME_OF.values()}


def _mapped(context: dg.OpExecutionContext) -> str:
    """What a step was handed."""
    return context.get_mapping_key() or ""


def _height(frame: pl.LazyFrame) -> int:
    return int(frame.select(pl.len()).collect().item())


def _remove_left(context: dg.OpExecutionContext, files: TaskFiles) -> None:
    def has_ended(run: str) -> bool:
        found = context.instance.get_run_by_id(run)
        return run != files.run and (found is None or found.is_finished)

    remove_left(files.storage, has_ended)
