"""From matches to changes: what has to be written where.

The only road to a write. Nothing here decides who is linked to whom, and nothing that is there is ever replaced, except
by an override; a placeholder (`no_value`) is nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial
from typing import Final, NamedTuple

import dagster as dg
import polars as pl

from assets.check_results import SCHEMA_CHECK, blocking_checks, report_checks, schema_result
from assets.extract.netsuite_sync import SYNC
from assets.extract.stripe_transactions import TRANSACTIONS
from assets.extract.visible_links import WITHHELD_CHECK, Hidden, hidden_links, withheld_result
from assets.kept_inputs import keep_making
from assets.matching import link_table
from assets.matching.directions import both_ways, undecided
from assets.matching.global_customer import HAS_RECORD
from assets.matching.stripe_matches import STRIPE_MATCHES
from assets.next_step.next_step import first_step
from assets.next_step.shown import metadata
from assets.plan_history import PlanMade, PlanNumbers
from assets.planning.append_words import append_words
from assets.planning.creates import plan_creates, plan_global, who_paid, without_creates
from assets.planning.guesses import guesses, of_plan, settled
from assets.planning.new_fields import fields_metadata
from assets.planning.own_traces import own_traces
from assets.planning.pairs import pairs_to_plan
from assets.planning.parts import parts_of
from assets.planning.portal_asset import PORTAL_LINKS
from assets.planning.portal_links import plan_portal_links
from assets.planning.rows import relinks
from assets.planning.set_values import set_values
from assets.planning.settings import PlanSettings
from assets.planning.taken_back import with_removals, without_traces
from assets.planning.to_stripe import ToStripe, plan_to_stripe
from assets.reconciliation import FRAME, IO_MANAGER_KEY, Reconciliation, failures_for_people
from assets.table_columns import table_columns
from resources.ledger import PAIR, Guesses
from resources.storage.frames import PLAN_HASH
from schemas.declaration import Declaration
from schemas.link_fields import LinkField, in_plan_order
from schemas.plan import CREATIONS_FILE, Plan
from schemas.validation import violations
from schemas.words import System

_CUSTOMER: Final = "stripe_customer_id"
_MONTHS_MISSING: Final = "months of Stripe customers were never read"


def plan_changes(
    stripe: pl.LazyFrame,
    netsuite: pl.LazyFrame,
    matches: pl.LazyFrame,
    settings: PlanSettings,
    transactions: pl.LazyFrame | None = None,
    to_stripe: ToStripe | None = None,
    portal: pl.LazyFrame | None = None,
) -> pl.LazyFrame:
    """Plan every change that makes the two systems agree (W1 to W7).

    Args:
        stripe: `schemas.customers.StripeCustomers`.
        netsuite: `schemas.customers.NetsuiteCustomers`.
        matches: `schemas.matches.Matches`.
        settings: which fields may be written.
        transactions: `schemas.transactions.Transactions`, where only who has transacted gets a record (C2).
        to_stripe: what the way to Stripe has found out; None: nothing goes that way.
        portal: `schemas.portal.PortalLinks`, where links to the customer portal are kept in NetSuite (P7).

    Returns:
        `schemas.plan.Plan`; empty when everything is tied out (W11).
    """
    if to_stripe is not None:
        matches = both_ways(matches, to_stripe.found).collect().lazy()
    wanted = matches if settings.doubted else matches.filter(pl.col("doubt").is_null())
    pairs = pairs_to_plan(stripe, netsuite, wanted, settings.no_value)
    links = cache(partial(link_table, stripe, netsuite, settings.no_value))

    def planned(field: LinkField) -> pl.LazyFrame:
        return set_values(pairs, netsuite, field) if field.holds == "value" else append_words(pairs, links(), field)

    edits = pl.concat([planned(field) for field in in_plan_order(settings.written)])
    parts = [edits]
    if settings.create is not None and settings.makes_global:
        parts = [plan_global(matches, settings.create), edits]
    elif settings.create is not None:
        paid = who_paid(stripe, settings.who_paid)
        left = matches if to_stripe is None else matches.join(undecided(to_stripe.found), on=_CUSTOMER, how="anti")
        creates, new_links = plan_creates(paid, netsuite, left, settings.create, transactions)
        parts = [creates, edits, new_links]
    if to_stripe is not None and settings.to_stripe is not None:
        parts += plan_to_stripe(to_stripe, stripe, netsuite, wanted, settings.written, settings.to_stripe)
    if portal is not None:
        parts.append(plan_portal_links(portal, netsuite, settings.no_value))
    return pl.concat(parts, how="diagonal") if len(parts) > 1 else edits


class PlanInputs(NamedTuple):
    """What a plan is made from, as `plan_changes` has it; `traces` are ours that a person decided against."""

    stripe: pl.LazyFrame
    netsuite: pl.LazyFrame
    matches: pl.LazyFrame
    transactions: pl.LazyFrame | None = None
    to_stripe: ToStripe | None = None
    portal: pl.LazyFrame | None = None
    traces: pl.DataFrame | None = None


class Planned(NamedTuple):
    """A plan, how many changes are not in it because links cannot be seen, and why."""

    plan: pl.DataFrame
    withheld: int
    hidden: Hidden


def plan_of(declaration: Declaration, inputs: PlanInputs, lacks_months: Callable[[], bool]) -> Planned:
    """The plan that a declaration allows.

    Args:
        declaration: what a person wrote.
        inputs: what it is made from.
        lacks_months: asked whether Stripe customers of some month were never read, where that matters.
    """
    settings, way = PlanSettings.of(declaration), inputs.to_stripe
    stripe, netsuite, matches, transactions, _, portal, traces = inputs

    def changes(way: ToStripe | None) -> pl.DataFrame:
        if traces is None or traces.is_empty():
            return plan_changes(stripe, netsuite, matches, settings, transactions, way, portal).collect()
        left = without_traces(netsuite, traces)
        planned = plan_changes(stripe, left, matches, settings, transactions, way, portal)
        return with_removals(planned, traces).collect()

    plan = wanted = changes(way)
    hidden = hidden_links(stripe, declaration)
    makes_some = settings.create is not None or settings.to_stripe is not None
    if not hidden.why and makes_some and lacks_months():
        hidden = replace(hidden, why=_MONTHS_MISSING)
    if hidden.why:  # whoever is linked where nobody can see it would get a second record (C16)
        hides_customers = way is not None and not hidden.systems
        plan = without_creates(changes(None) if hides_customers else wanted)
    if hidden.systems:
        plan = plan.filter(~pl.col("system").is_in(hidden.systems))
    return Planned(plan, wanted.height - plan.height, hidden)


def build_write_plan(sync: Reconciliation) -> dg.AssetsDefinition:
    """The asset `write_plan` of one declaration."""
    settings = PlanSettings.of(sync.declaration)
    transactions = (TRANSACTIONS,) if sync.declaration.asks_who_transacted else ()
    to_stripe = (SYNC, STRIPE_MATCHES) if settings.to_stripe else ()
    portal = (PORTAL_LINKS,) if sync.declaration.portal else ()

    @dg.asset(
        key=sync.key("write_plan"),
        group_name=sync.name,
        kinds={"polars"},
        io_manager_key=IO_MANAGER_KEY,
        dagster_type=FRAME,
        metadata=table_columns(Plan),
        ins=sync.inputs(
            "stripe_customers", "netsuite_customers", "customer_matches", *transactions, *to_stripe, *portal
        ),
        check_specs=blocking_checks(
            sync.key("write_plan"), {"schema": SCHEMA_CHECK, "nothing_withheld": WITHHELD_CHECK}
        ),
    )
    def write_plan(
        context: dg.AssetExecutionContext,
        stripe_customers: pl.LazyFrame,
        netsuite_customers: pl.LazyFrame,
        customer_matches: pl.LazyFrame,
        **asked: pl.LazyFrame,
    ) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:
        """Every change that would make the two systems agree, one row each: old value, new value, reason.

        Only fields without a value are set and only missing ids are appended; a value that is there stays, unless a
        person's override says otherwise. What Tieout wrote before that is taken away. The plan is kept as a file named
        by the hash of its content: approving it is approving that content and no other. Nothing is written by this
        asset outside of this machine.
        """
        with failures_for_people():
            way = ToStripe(asked[SYNC], asked[STRIPE_MATCHES]) if to_stripe else None
            sides = (stripe_customers, netsuite_customers, customer_matches)
            traces, _ = own_traces(sync, context.instance, *sides)
            inputs = PlanInputs(*sides, asked.get(TRANSACTIONS), way, asked.get(PORTAL_LINKS), traces)
            plan, withheld, hidden = plan_of(sync.declaration, inputs, lambda: bool(sync.months_missing()))
            both = customer_matches if way is None else both_ways(customer_matches, way.found)
            customers = both.select(has_record=HAS_RECORD).collect()
        parts = parts_of(plan, ("system", "field"))
        by_field = sorted((system, field, part.height) for (system, field), part in parts.items())
        checks = [schema_result(violations(Plan, plan, "change_id")), withheld_result(withheld, hidden)]
        yield from report_checks("write_plan", checks)
        with failures_for_people():
            digest = sync.plans.keep(plan)
            found = _remember_guesses(sync, customer_matches, plan, digest)
            for sentence in keep_making(sync, digest, [*transactions, *to_stripe[:1], *portal], traces):
                context.log.info(sentence)
        numbers = PlanNumbers(
            changes=plan.height,
            relinks=relinks(plan, settings.no_value),
            stripe_customers=customers.height,
            netsuite_customers=netsuite_customers.filter("is_customer").select(pl.len()).collect().item(),
            tied_to_a_record=customers.filter("has_record").height,
            creates=_creates(plan, "netsuite"),
            stripe_creates=_creates(plan, "stripe"),
            guesses=found.height,
            guessed_customers=found.get_column("stripe_customer_id").n_unique(),
        )
        made = PlanMade(digest, sync.clock(), context.run.run_id, numbers)
        new = fields_metadata(plan, settings.trials) if numbers.creates else {}
        if new:
            new["new_customers/file"] = dg.MetadataValue.path(sync.folders.results(sync.name) / CREATIONS_FILE)
        yield dg.MaterializeResult(
            value=plan,
            metadata={
                **metadata(first_step(sync, made)),
                PLAN_HASH: digest,
                "accounts": sync.accounts,
                **numbers.metadata(),
                "file": dg.MetadataValue.path(sync.plans.path(digest)),
                "report": dg.MetadataValue.path(sync.folders.results(sync.name) / "report.html"),
                **{f"changes/{system}/{field}": count for system, field, count in by_field},
                **new,
            },
        )

    return write_plan


def _creates(plan: pl.DataFrame, system: System) -> int:
    is_create = (pl.col("action") == "create") & (pl.col("system") == system)
    return int(plan.select(is_create.sum()).item())


def _remember_guesses(sync: Reconciliation, matches: pl.LazyFrame, plan: pl.DataFrame, digest: str) -> pl.DataFrame:
    """Keep which pairs of a plan are guesses, for the reviews after it was written; give its rows that are."""
    with sync.ledger() as ledger:
        memory = Guesses(ledger, sync.declared_accounts)
        known = memory.known().lazy()
        found = guesses(matches, known).collect()
        rows = of_plan(plan, found)
        memory.remember(found.join(rows, on=list(PAIR), how="semi"), settled(matches, known).collect(), digest)
    return rows
