"""Who of the customers without a record has transacted (C2), for declarations that create at the first transaction.

Asked of Stripe customer by customer, as only those without a record need asking. Nobody is created on a guess: who
could not be asked about is `unknown`, waits for the next run, and is counted by a check (C16).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

import dagster as dg
import polars as pl

from assets.check_results import SCHEMA_CHECK, blocking_checks, report_checks, schema_result
from assets.reconciliation import FRAME, IO_MANAGER_KEY, Reconciliation, failures_for_people
from schemas.errors import InternalError
from schemas.secrets import masked
from schemas.transactions import Transactions
from schemas.validation import violations
from schemas.words import TRANSACTION_STATES

if TYPE_CHECKING:
    from resources.stripe_api.reading.reader import StripeApiReader
    from resources.stripe_api.reading.transactions import Transacted

TRANSACTIONS: Final = "stripe_transactions"
"""The name of the asset, where a declaration has it."""

_ASKED_CHECK: Final = "Stripe could be asked for each customer without a record whether it has transacted (C16)."
_SCHEMA: Final = {"customer": pl.String, "state": pl.String, "reason": pl.String}
_IDS_SHOWN: Final = 20


def build_stripe_transactions(sync: Reconciliation) -> dg.AssetsDefinition:
    """The asset `stripe_transactions` of one declaration over two APIs."""

    @dg.asset(
        key=sync.key(TRANSACTIONS),
        group_name=sync.name,
        kinds={"stripe", "polars"},
        io_manager_key=IO_MANAGER_KEY,
        dagster_type=FRAME,
        ins=sync.inputs("customer_matches"),
        check_specs=blocking_checks(sync.key(TRANSACTIONS), {"schema": SCHEMA_CHECK, "all_asked": _ASKED_CHECK}),
    )
    def stripe_transactions(
        context: dg.AssetExecutionContext, customer_matches: pl.LazyFrame
    ) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:
        """For each Stripe customer without a record: whether it has paid or been invoiced, or could not be asked about.

        A charge that succeeded, or an invoice that is no draft. One or two requests for each customer, so that a first
        run with many of them takes long. Nobody is created whose state is not `transacted`.
        """
        said = context.log.info
        unmatched = customer_matches.filter(pl.col("outcome") == "unmatched").select("stripe_customer_id").collect()
        customers = sorted(unmatched.get_column("stripe_customer_id"))
        with failures_for_people(), sync.exclusive("stripe", context.run.run_id, said) as make_sure:
            answers, reads = _reader(sync).transactions(customers, said)
            make_sure()
        rows = [asdict(answer) for answer in answers]
        frame = pl.DataFrame(rows, schema=_SCHEMA).rename({"customer": "stripe_customer_id"})
        checks = [schema_result(violations(Transactions, frame, "stripe_customer_id")), _asked_result(answers)]
        yield from report_checks(TRANSACTIONS, checks)
        counts = Counter(answer.state for answer in answers)
        yield dg.MaterializeResult(
            value=frame,
            metadata={
                "customers": frame.height,
                **{state: counts[state] for state in TRANSACTION_STATES},
                "reads_counted_by_stripe": reads,
            },
        )

    return stripe_transactions


def _reader(sync: Reconciliation) -> "StripeApiReader":
    from resources.stripe_api.reading.reader import StripeApiReader  # noqa: PLC0415 (late: what reads export files does without it)

    if not isinstance(sync.stripe, StripeApiReader):
        raise InternalError("Whether customers have transacted was to be asked of an export file.")
    return sync.stripe


def _asked_result(answers: Sequence["Transacted"]) -> dg.AssetCheckResult:
    """Warn of customers that could not be asked about: how many, the first ids, and why the first was not."""
    unknown = [answer for answer in answers if answer.state == "unknown"]
    many = f"{len(unknown):,} of {len(answers):,}"
    said = (
        f"For {many} customers Stripe could not be asked whether they have transacted: they are held, and nothing is "
    )
    why = f"created for them; the next run asks again. The first: {unknown[0].reason}" if unknown else ""
    ids = " ".join(answer.customer for answer in unknown[:_IDS_SHOWN]) + (" …" if len(unknown) > _IDS_SHOWN else "")
    return dg.AssetCheckResult(
        check_name="all_asked",
        passed=not unknown,
        severity=dg.AssetCheckSeverity.WARN,
        description=masked(said + why) if unknown else many,
        metadata={"found": len(unknown), "of": len(answers), **({"ids": ids} if unknown else {})},
    )
