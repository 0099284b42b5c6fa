"""Keeps the id of a customer that is gone from Stripe out of NetSuite, which is written before Stripe.

A customer may be deleted between plan and apply. So each batch asks Stripe for its customers first: one read for each
of them. What is deleted between that read and the write remains; the next review shows it.
"""

from collections.abc import Iterator, Sequence

from resources.stripe_api import GONE, StripeConnection, StripeProblem, why_not_there
from resources.writers import Writer
from schemas.attempts import Answer, Attempt, Entry
from schemas.change import REMOVALS


class LivingOnly:
    """The writer of another system, to which only changes for customers go that Stripe still has. See `Writer`."""

    def __init__(self, writer: Writer, connection: StripeConnection) -> None:
        """`writer` does the work; `connection` is open to the account that the customers are of."""
        self._writer, self._connection = writer, connection
        self.system, self.kinds = writer.system, writer.kinds
        self.workers, self.records_per_batch = writer.workers, writer.records_per_batch

    def write(self, attempts: Sequence[Attempt]) -> Iterator[Answer]:
        """See `Writer`. What takes a change back goes through whatever has become of the customer."""
        customers = {attempt.change.stripe_customer_id for attempt in attempts if _adds(attempt)}
        missing = why_not_there(self._connection, sorted(customer for customer in customers if customer))
        through: list[Attempt] = []
        for attempt in attempts:
            customer = attempt.change.stripe_customer_id
            if _adds(attempt) and customer in missing:
                yield _failed(attempt, missing[customer])
            else:
                through.append(attempt)
        yield from self._writer.write(through)

    def inspect(self, entries: Sequence[Entry]) -> Iterator[Answer]:
        """See `Writer`."""
        return self._writer.inspect(entries)


def _adds(attempt: Attempt) -> bool:
    return attempt.direction == "apply" and attempt.change.action not in REMOVALS


def _failed(attempt: Attempt, problem: StripeProblem | None) -> Answer:
    if problem is None:
        return Answer(attempt, "failed", code="gone", error=f"{GONE}; NetSuite was left alone.")
    return Answer(
        attempt,
        "failed",
        code=problem.code,
        error=f"Stripe refuses the customer: {problem.reason}; NetSuite was left alone.",
    )
