"""Who of the customers without a record has transacted (C2), for declarations that create at the first transaction.

Only who has no record needs asking about, and only what happened since the last answer. Nobody is created on a guess:
who could not be asked about is `unknown`, waits for the next run, and is counted by a check (C16).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Final

import dagster as dg
import polars as pl

from assets.api_readers import stripe_api
from assets.check_results import SCHEMA_CHECK, blocking_checks, report_checks, schema_result
from assets.reconciliation import FRAME, IO_MANAGER_KEY, Reconciliation, failures_for_people
from assets.table_columns import table_columns
from resources.extracts.extract import Known
from resources.storage.frame_standing import READ_AT
from schemas.secrets import masked
from schemas.transactions import Candidate, Transacted, Transactions
from schemas.validation import violations
from schemas.words import TRANSACTION_STATES, many

TRANSACTIONS: Final = "stripe_transactions"
"""The name of the asset, where a declaration has it."""

OVERLAP: Final = timedelta(minutes=10)
"""So much of what was looked at is looked at again: clocks differ, and lists lag a little."""

_ASKED_CHECK: Final = "Stripe could be asked for each customer without a record whether it has transacted (C16)."
_SCHEMA: Final = {"customer": pl.String, "state": pl.String, "reason": pl.String, "is_open": pl.Boolean}
_IDS_SHOWN: Final = 20


def to_ask(stripe: pl.LazyFrame, matches: pl.LazyFrame, known: Known | None) -> tuple[list[Candidate], list[str]]:
    """Who has to be asked about, and from when on; and who is known to have transacted, which stays true.

    Args:
        stripe: `schemas.customers.StripeCustomers`; nothing happens to a customer before it is created.
        matches: `schemas.matches.Matches`.
        known: the last answers, `schemas.transactions.Transactions`, and the moment until which they tell.
    """
    unmatched = matches.filter(pl.col("outcome") == "unmatched").select("stripe_customer_id")
    created = stripe.select("created", stripe_customer_id="id")
    rows = unmatched.join(created, on="stripe_customer_id").collect().lazy()
    moment = pl.col("created")
    state = pl.lit(None, pl.String)
    if known is not None and "is_open" in known.frame.columns:
        rows = rows.join(known.frame.lazy().drop("reason"), on="stripe_customer_id", how="left")
        is_settled = (pl.col("state") == "none") & ~pl.col("is_open")
        moment = pl.when(is_settled).then(pl.max_horizontal(moment, pl.lit(known.read_at - OVERLAP))).otherwise(moment)
        state = pl.col("state")
    seconds = moment.dt.epoch("s")
    found = rows.select("stripe_customer_id", seconds, state=state).sort("stripe_customer_id").collect()
    is_known = pl.col("state").eq_missing(pl.lit("transacted"))
    asked = found.filter(~is_known).select("stripe_customer_id", "created").rows()
    return [Candidate(*row) for row in asked], found.filter(is_known).get_column("stripe_customer_id").to_list()


def build_stripe_transactions(sync: Reconciliation) -> dg.AssetsDefinition:
    """The asset `stripe_transactions` of one declaration over two APIs."""

    @dg.asset(
        key=sync.key(TRANSACTIONS),
        group_name=sync.name,
        kinds={"stripe", "polars"},
        io_manager_key=IO_MANAGER_KEY,
        dagster_type=FRAME,
        metadata=table_columns(Transactions),
        ins=sync.inputs("stripe_customers", "customer_matches"),
        check_specs=blocking_checks(sync.key(TRANSACTIONS), {"schema": SCHEMA_CHECK, "all_asked": _ASKED_CHECK}),
    )
    def stripe_transactions(
        context: dg.AssetExecutionContext, stripe_customers: pl.LazyFrame, customer_matches: pl.LazyFrame
    ) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:
        """For each Stripe customer without a record: whether it has paid or been invoiced, or could not be asked about.

        A charge that succeeded, or an invoice that is no draft. Few customers are asked about one by one; for many all
        charges and invoices are read, from the moment on that matters to the first of them: whichever takes fewer
        requests. Who had not transacted when the last run asked is looked for in what came since. Nobody is created
        whose state is not `transacted`.
        """
        with failures_for_people():
            said = context.log.info
            until = sync.clock().replace(microsecond=0)
            known = sync.frames.known(TRANSACTIONS)
            candidates, transacted = to_ask(stripe_customers, customer_matches, known)
            with sync.exclusive("stripe", context.run.run_id, said) as make_sure:
                answers, reads = stripe_api(sync).transactions(candidates, until, said)
                make_sure()
            found = [*answers.found, *(Transacted(customer, "transacted") for customer in transacted)]
            rows = [asdict(answer) for answer in sorted(found, key=lambda answer: answer.customer)]
            frame = pl.DataFrame(rows, schema=_SCHEMA).rename({"customer": "stripe_customer_id"})
            checks = [schema_result(violations(Transactions, frame, "stripe_customer_id")), _asked_result(found)]
            yield from report_checks(TRANSACTIONS, checks)
            counts = Counter(answer.state for answer in found)
            yield dg.MaterializeResult(
                value=frame,
                metadata={
                    "customers": frame.height,
                    **{state: counts[state] for state in TRANSACTION_STATES},
                    "known_from_before": len(transacted),
                    "asked_one_by_one": len(candidates) - answers.by_lists,
                    "looked_for_in_lists": answers.by_lists,
                    "reads_counted_by_stripe": reads,
                    READ_AT: dg.MetadataValue.timestamp(until),
                },
            )

    return stripe_transactions


def _asked_result(answers: Sequence[Transacted]) -> dg.AssetCheckResult:
    """Warn of customers that could not be asked about: how many, the first ids, and why the first was not."""
    unknown = [answer for answer in answers if answer.state == "unknown"]
    count = f"{len(unknown):,} of {len(answers):,}"
    said = (
        f"For {len(unknown):,} of {many(len(answers), 'customer')} Stripe could not be asked whether they have "
        "transacted: they are held, and nothing is "
    )
    why = f"created for them; the next run asks again. The first: {unknown[0].reason}" if unknown else ""
    ids = " ".join(answer.customer for answer in unknown[:_IDS_SHOWN]) + (" …" if len(unknown) > _IDS_SHOWN else "")
    return dg.AssetCheckResult(
        check_name="all_asked",
        passed=not unknown,
        severity=dg.AssetCheckSeverity.WARN,
        description=masked(said + why) if unknown else count,
        metadata={"found": len(unknown), "of": len(answers), **({"ids": ids} if unknown else {})},
    )
