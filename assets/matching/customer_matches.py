"""Second stage: who is linked to whom. The semantics are in `assets.matching`; here they meet a declaration."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import dagster as dg
import polars as pl

from assets.check_results import SCHEMA_CHECK, blocking_checks, id_result, report_checks, schema_result
from assets.kept_inputs import keep_picture
from assets.matching import MatchSettings, Rule, by_customer, match_with_doubts
from assets.matching.answers import Known
from assets.matching.doubts_told import by_kind, doubts_in_words
from assets.matching.global_customer import HAS_RECORD, count_to_global, find_global
from assets.matching.known_keys import NOTHING_KNOWN, extracts_held
from assets.matching.may_be_known import Looked, doubt_new, name_records_of_unsettled
from assets.matching.need import need_of, numbers_of, room_for
from assets.matching.parted import Buckets
from assets.matching.task_files import TaskFiles
from assets.matching.task_graph import AssetParts, Context, OnWorkers, Told, graph_of_tasks
from assets.matching.tasks import found_by_tasks
from assets.no_values import nobody_of, placeholders_of
from assets.reconciliation import FRAME, IO_MANAGER_KEY, Reconciliation, failures_for_people
from assets.steps import Step, key_of, of_frames, of_table
from assets.table_columns import table_columns
from resources.memory import memory_here
from schemas.declaration import Declaration
from schemas.matches import DECISIONS_KEPT, Matches
from schemas.validation import violations
from schemas.words import DOUBTS, OUTCOMES

_NAME: Final = "customer_matches"
_EXTRACTS: Final = ("stripe_customers", "netsuite_customers")


def match_settings(declaration: Declaration) -> MatchSettings:
    """The part of a declaration that decides who is linked to whom."""
    return MatchSettings(
        rules=tuple(
            Rule(tuple(rule.stripe), tuple(rule.netsuite), rule.kind, rule.country, rule.separators)
            for rule in declaration.rules
        ),
        on_several=declaration.on_several,
        one_to_one=declaration.one_to_one,
        match_inactive=declaration.match_inactive,
        allow_list=declaration.allow_list,
        shared_key=declaration.shared_key,
        no_value=placeholders_of(declaration),
        nobody=nobody_of(declaration),
    )


def matches_of(
    declaration: Declaration,
    stripe: pl.LazyFrame,
    netsuite: pl.LazyFrame,
    overrides: pl.LazyFrame,
    buckets: Buckets | None = None,
    known: Known = NOTHING_KNOWN,
) -> pl.DataFrame:
    """What a declaration says of every Stripe customer, sorted by their ids.

    Args:
        declaration: what a person wrote.
        stripe: `schemas.customers.StripeCustomers`.
        netsuite: `schemas.customers.NetsuiteCustomers`.
        overrides: `schemas.matches.Overrides`.
        buckets: where keys are, if not in memory.
        known: keys that need not be made, or all that rules find.

    Returns:
        `schemas.matches.Matches`, with doubts.

    Raises:
        UserError: there is no one record that stands for all, where the declaration has one (`on_none: global`).
    """
    settings = match_settings(declaration)
    found = match_with_doubts(stripe, netsuite, overrides, settings, buckets=buckets, known=known)
    matches = by_customer(found.collect())
    makes_records = declaration.on_none == "create"
    makes_customers = declaration.to_stripe is not None and declaration.to_stripe.on_none == "create"
    if makes_records or makes_customers:
        matches = doubt_new(matches, stripe, netsuite, settings, Looked(declaration.near_misses, makes_records))
    if makes_customers:
        matches = name_records_of_unsettled(matches, stripe, netsuite, settings)
    if declaration.on_none != "global":
        return matches
    return count_to_global(matches, find_global(netsuite, declaration.global_customer))


def build_customer_matches(sync: Reconciliation, on_workers: OnWorkers | None = None) -> dg.AssetsDefinition:
    """The asset `customer_matches` of one declaration.

    Args:
        sync: the declaration.
        on_workers: whether the steps of a run are done by workers. Without it, and where nobody has declared how much
            memory a run may take, the asset is one step.
    """
    key, matching = sync.key(_NAME), _Matching(sync)
    described = {"schema": SCHEMA_CHECK, "every_customer_once": _ONCE, "evidence_agrees": _AGREES}
    parts = AssetParts(key, sync.name, _DESCRIPTION, table_columns(Matches), blocking_checks(key, described))
    if on_workers is not None and sync.declaration.memory is not None:
        return graph_of_tasks(sync, matching, parts, on_workers)

    @dg.asset(
        key=key,
        group_name=parts.group,
        description=parts.description,
        kinds={"polars"},
        io_manager_key=IO_MANAGER_KEY,
        dagster_type=FRAME,
        metadata=parts.metadata,
        ins=sync.inputs(*_EXTRACTS),
        check_specs=parts.checks,
    )
    def customer_matches(
        context: dg.AssetExecutionContext, stripe_customers: pl.LazyFrame, netsuite_customers: pl.LazyFrame
    ) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:
        with failures_for_people():
            yield from matching.told(context, stripe_customers, netsuite_customers)

    return customer_matches


@dataclass(frozen=True)
class _Matching:
    """What the asset does, in one step or as the last of several."""

    sync: Reconciliation

    @property
    def settings(self) -> MatchSettings:
        """What the declaration says."""
        return match_settings(self.sync.declaration)

    def step(self, run: str) -> Step:
        """What a run is about to do."""
        return self._step(run, self.sync.overrides())

    def _step(self, run: str, overrides: pl.DataFrame) -> Step:
        decided = of_table(overrides.select(*DECISIONS_KEPT))

        def look() -> str:
            return key_of(self.sync, _NAME, of_frames(self.sync, *_EXTRACTS), decided)

        return Step(self.sync, _NAME, run, look, _NAME)

    def told(
        self, context: Context, stripe: pl.LazyFrame, netsuite: pl.LazyFrame, files: TaskFiles | None = None
    ) -> Told:
        """Match, and report: with what tasks have found, where they have found all."""
        sync = self.sync
        overrides = sync.overrides()
        kept = keep_picture(sync, overrides)
        step = self._step(context.run.run_id, overrides)
        before = step.before()
        if before is not None:
            yield from before.again(context, kept)
            return
        found = found_by_tasks(files, step.key, self.settings) if files else None
        need = found.need if found else need_of(stripe, netsuite, self.settings)
        for problem in filter(None, (sync.memory.problem(memory_here()), need.problem(sync.memory))):
            context.log.warning(problem)
        with room_for(need, sync.memory.of_a_stage, sync.folders.home / "frames") as buckets:
            held = None if buckets or found else extracts_held(sync)
            sides = held.sides if held else (stripe, netsuite)
            known = found or (held.keys if held else NOTHING_KNOWN)
            matches = matches_of(sync.declaration, *sides, overrides.lazy(), buckets, known)
            if held:
                held.keep_hashes()
        if files:
            files.remove()
        customers = stripe.select(pl.len()).collect().item()
        outcomes = dict(matches.group_by("outcome").len().rows())
        counts: dict[str, int] = {outcome: outcomes.get(outcome, 0) for outcome in OUTCOMES}
        context.log.info(", ".join(f"{count:,} {outcome}" for outcome, count in counts.items()))
        agreement = agreement_result(sync.key(_NAME), matches, is_held=sync.declaration.on_doubt == "refuse")
        checks = [
            schema_result(violations(Matches, matches, "stripe_customer_id")),
            _once(counts, customers),
            agreement,
        ]
        yield from report_checks(_NAME, checks)
        metadata = {
            "overrides": overrides.height,
            "tied_to_a_record": matches.filter(HAS_RECORD).height,
            **{f"outcome/{outcome}": count for outcome, count in counts.items()},
            **numbers_of(need, found or buckets),
        }
        yield dg.MaterializeResult(value=step.made(matches, checks, metadata), metadata={**metadata, **kept})


_DESCRIPTION: Final = """\
For every Stripe customer one outcome: the NetSuite record it belongs to, by which evidence, or why none.

Evidence in order: a person's override; links that exist (Stripe metadata, the record's Stripe-id field, its
external id, then its comments); the declared rules, on keys that ignore case and white space. The match is
global: it reads every month there is, so the order in which months were loaded changes nothing."""
_AGREES = (
    "No evidence on a linked or matched customer speaks for another record; where some does, review.csv says what a "
    "person should look at before it is written."
)
_ONCE = "Every Stripe customer ends in exactly one outcome: the outcomes add up to the customers that were read (M12)."


def _once(outcomes: dict[str, int], customers: int) -> dg.AssetCheckResult:
    found = sum(outcomes.values())
    return dg.AssetCheckResult(
        check_name="every_customer_once",
        passed=found == customers,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={"outcomes": found, "customers": customers},
    )


def agreement_result(key: dg.AssetKey, matches: pl.DataFrame, *, is_held: bool) -> dg.AssetCheckResult:
    """Warn of the pairs that are doubted, with the number of each kind.

    Args:
        key: the asset.
        matches: `schemas.matches.Matches`, with doubts.
        is_held: whether they are kept out of the plan (`on_doubt: refuse`).
    """
    doubted = matches.filter(pl.col("doubt").is_not_null())
    kinds = by_kind(doubted)
    result = id_result(
        key,
        "evidence_agrees",
        doubted.lazy(),
        "stripe_customer_id",
        of=matches.height,
        counts={f"doubt/{kind}": kinds.get(kind, 0) for kind in DOUBTS},
    )
    return result._replace(description=doubts_in_words(matches, is_held=is_held) or result.description)
