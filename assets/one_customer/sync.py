"""Plans and applies one NetSuite customer, within the limits of the declaration, and says what became of it.

The plan is one of the same kind as every other: kept by its hash, journaled, taken back by `<name>_undo`. With
`writes.mode: review` it waits for a person, as everything does.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from typing import Final

import dagster as dg
import polars as pl

from assets.extract.visible_links import hidden_links
from assets.matching.customer_matches import matches_of
from assets.matching.directions import both_ways
from assets.matching.global_customer import HAS_RECORD
from assets.matching.in_stripe import find_in_stripe
from assets.one_customer.answers import SyncAnswer, answer_of, of_nothing_to_do, of_what_waits
from assets.one_customer.picture import Picture, fresh_picture
from assets.plan_history import History, PlanMade, PlanNumbers, plans_made
from assets.planning.brakes import results_of, why_stopped
from assets.planning.portal_asset import links_for
from assets.planning.portal_links import who_gets_a_link
from assets.planning.rows import relinks
from assets.planning.settings import PlanSettings
from assets.planning.to_stripe import ToStripe
from assets.planning.write_plan import Further, plan_changes
from assets.reconciliation import Reconciliation
from assets.signed_in import name_of
from assets.write_back.opening import open_write_back
from assets.write_back.outcomes import SYNC_ONE_OUTCOMES, write_outcomes
from assets.write_back.run import apply_steps
from assets.write_back.selection import STEPS, Part
from resources.ledger import Request, Requests
from schemas.errors import InternalError
from schemas.plan import changes_of
from schemas.words import InternalId

_ID: Final = "netsuite_internal_id"
_OLDEST_HOURS: Final = 25.0
"""So old the rest of the picture may be at least, as what concerns the customer is read anew: a day, and a run."""

OnProgress = Callable[[str], None]


def sync_one(
    sync: Reconciliation, instance: dg.DagsterInstance, run: dg.DagsterRun, internal_id: InternalId, said: OnProgress
) -> SyncAnswer:
    """Sync one customer; return the answer.

    Raises:
        UserError: nothing could be planned, or a person must act; the sentence says so.
        TransientError: a service could not be asked.
    """
    run_id = run.run_id
    with sync.exclusive("netsuite", run_id, said), sync.exclusive("stripe", run_id, said):
        picture = fresh_picture(sync, internal_id, said)
    plan, who, numbers = plan_one(sync, picture, internal_id, said)
    if plan.is_empty():
        said_of_it = of_nothing_to_do(who)
        return SyncAnswer(said_of_it, said_of_it)
    digest = sync.plans.keep(plan)
    changes = changes_of(plan)
    made = PlanMade(digest, sync.clock(), run_id, numbers)
    if because := _why_it_waits(sync, instance, made):
        waits = of_what_waits(who, changes, digest, because)
        return SyncAnswer(waits, waits)
    with open_write_back(sync, run_id, said, "netsuite", "stripe") as work:
        request = Request(run_id, "apply", digest, {}, name_of(run, f"{sync.name}_sync_one"))
        with write_outcomes(sync, instance, work, request, len(changes), SYNC_ONE_OUTCOMES):
            tally = apply_steps(work, Part(digest, changes, made_at=made.made_at), STEPS)
    return answer_of(who, tally.entries, tally.waiting)


def plan_one(
    sync: Reconciliation, picture: Picture, internal_id: InternalId, said: OnProgress
) -> tuple[pl.DataFrame, str, PlanNumbers]:
    """The part of the plan that is about one record, what was found out about it, and what the plan is made from."""
    declaration = sync.declaration
    settings = replace(PlanSettings.of(declaration), create=None)  # it is there, and makes nobody else
    stripe, netsuite, wanted = picture.stripe, picture.netsuite, settings.to_stripe
    if wanted is None:
        raise InternalError("One customer was to be synced without the block to_stripe.")
    matches = matches_of(declaration, stripe, netsuite, sync.overrides().lazy()).lazy()
    found = find_in_stripe(picture.parameters, netsuite, stripe, matches, wanted).collect().lazy()
    both = both_ways(matches, found).collect().lazy()
    links = None
    if declaration.portal is not None:
        sets = "stripe_id" in settings.fields
        known = who_gets_a_link(stripe, netsuite, both, settings.no_value, sets_stripe_ids=sets)
        links = links_for(sync, declaration.portal, known.filter(pl.col(_ID) == internal_id).collect(), said)[0].lazy()
    further = Further(to_stripe=ToStripe(picture.parameters, found), portal=links)
    whole = plan_changes(stripe, netsuite, matches, settings, further)
    hidden = hidden_links(stripe, declaration)
    plan = whole.lazy().filter((pl.col(_ID) == internal_id) & ~pl.col("system").is_in(hidden.systems)).collect()
    customers = both.select(has_record=HAS_RECORD).collect()
    numbers = PlanNumbers(
        changes=plan.height,
        relinks=relinks(plan.lazy(), settings.no_value),
        stripe_customers=customers.height,
        netsuite_customers=netsuite.filter("is_customer").select(pl.len()).collect().item(),
        tied_to_a_record=customers.filter("has_record").height,
        stripe_creates=plan.filter((pl.col("action") == "create") & (pl.col("system") == "stripe")).height,
    )
    return plan, _who(found, both, internal_id), numbers


def _who(found: pl.LazyFrame, both: pl.LazyFrame, internal_id: InternalId) -> str:
    """What is known of a record, as a sentence: its Stripe customers, or why this direction found none."""
    linked = both.filter(HAS_RECORD & (pl.col(_ID) == internal_id)).select("stripe_customer_id").collect().to_series()
    if linked.len():
        return f"This customer is {' and '.join(linked.head(3))} in Stripe."
    rows = found.filter(pl.col(_ID) == internal_id).select("outcome", "reason").collect().rows()
    if not rows:
        return "The search for Stripe does not find this customer."
    outcome, reason = rows[0]
    return f"In Stripe this customer is {outcome}: {reason.rstrip('.')}."


def _why_it_waits(sync: Reconciliation, instance: dg.DagsterInstance, made: PlanMade) -> str:
    if sync.declaration.writes.mode != "auto":
        return f"as a person approves what is written (writes.mode: review): {sync.name}_apply takes the plan"
    with sync.ledger() as ledger:
        approvals = Requests(ledger, sync.declared_accounts).approvals()
    history = History.read(sync.name, chain([made], plans_made(instance, sync)), approvals)
    limits = sync.declaration.brakes
    limits = limits.model_copy(update={"oldest_hours": max(limits.oldest_hours, _OLDEST_HOURS)})
    return why_stopped(results_of(sync, made, history.good, limits)).rstrip(".")
