"""Keeps the id of a customer that is gone from Stripe out of NetSuite, which is written before Stripe.

A customer may be deleted between plan and apply. So each batch asks Stripe for its customers first: one read for each
of them. What is deleted between that read and the write remains; the next review shows it. By the same read nothing
is written for a customer whose metadata have come to name another record, or to hold it back.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from assets.write_back.held_since import Metadata, WhyNot, nothing_since
from resources.stripe_api import GONE, CustomerObject, StripeConnection, StripeProblem, as_they_are
from resources.writers import Writer
from schemas.attempts import Answer, Attempt, Entry
from schemas.change import REMOVALS
from schemas.words import StripeId


class LivingOnly:
    """The writer of another system, to which only changes for customers go that Stripe still has. See `Writer`."""

    def __init__(
        self,
        writer: Writer,
        connection: StripeConnection,
        since: Callable[[Mapping[StripeId, Metadata]], WhyNot] = nothing_since,
    ) -> None:
        """Let `writer` do the work.

        Args:
            writer: of changes in the other system.
            connection: open to the account that the customers are of.
            since: says, by the metadata of customers, what is not to be written any more.
        """
        self._writer, self._connection, self._since = writer, connection, since
        self.system, self.kinds = writer.system, writer.kinds
        self.workers, self.records_per_batch = writer.workers, writer.records_per_batch

    def write(self, attempts: Sequence[Attempt]) -> Iterator[Answer]:
        """See `Writer`. What takes a change back goes through whatever has become of the customer."""
        customers = {attempt.change.stripe_customer_id for attempt in attempts if _adds(attempt)}
        found = as_they_are(self._connection, sorted(customer for customer in customers if customer))
        there = {who: row for who, row in found.items() if row is not None and not isinstance(row, StripeProblem)}
        why_not = self._since({who: row.get("metadata") or {} for who, row in there.items()})
        through: list[Attempt] = []
        for attempt in attempts:
            customer = attempt.change.stripe_customer_id
            if customer is None or not _adds(attempt):
                through.append(attempt)
            elif customer not in there:
                yield _failed(attempt, found[customer])
            elif (why := why_not(attempt.change)) is not None:
                yield Answer(attempt, "conflict", found=why)
            else:
                through.append(attempt)
        yield from self._writer.write(through)

    def inspect(self, entries: Sequence[Entry]) -> Iterator[Answer]:
        """See `Writer`."""
        return self._writer.inspect(entries)


def _adds(attempt: Attempt) -> bool:
    return attempt.direction == "apply" and attempt.change.action not in REMOVALS


def _failed(attempt: Attempt, problem: CustomerObject | StripeProblem | None) -> Answer:
    if not isinstance(problem, StripeProblem):
        return Answer(attempt, "failed", code="gone", error=f"{GONE}; NetSuite was left alone.")
    return Answer(
        attempt,
        "failed",
        code=problem.code,
        error=f"Stripe refuses the customer: {problem.reason}; NetSuite was left alone.",
    )
