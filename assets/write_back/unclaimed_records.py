"""Keeps a second Stripe customer from being made for a record that has got one since the plan was made.

Another plan, or a person, may have written the record's Stripe-id field meanwhile. So each batch of creates asks
NetSuite for that field first: one call for all of its records.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from resources.netsuite_api import FieldEdit, NetsuiteClient
from resources.writers import Writer
from schemas.attempts import Answer, Attempt, Entry
from schemas.errors import InternalError
from schemas.link_fields import fields_of
from schemas.words import STRIPES_OWN

_OWNER: Final = next(field.name for field in fields_of("netsuite") if field.names_owner)


class UnclaimedOnly:
    """The writer of Stripe's creates, to which only those go whose record names no Stripe customer. See `Writer`."""

    def __init__(self, writer: Writer, client: NetsuiteClient, is_nothing: Callable[[str], bool]) -> None:
        """Let `writer` do the work.

        Args:
            writer: of the creates.
            client: open to the account that the records are of.
            is_nothing: whether a text is a placeholder.
        """
        self._writer, self._client, self._is_nothing = writer, client, is_nothing
        self.system, self.kinds = writer.system, writer.kinds
        self.workers, self.records_per_batch = writer.workers, writer.records_per_batch

    def write(self, attempts: Sequence[Attempt]) -> Iterator[Answer]:
        """See `Writer`. What takes a customer back goes through whatever has become of the record."""
        asked = {_question(attempt): attempt for attempt in attempts if attempt.direction == "apply"}
        found = {outcome.change: outcome for outcome in self._client.look(list(asked))} if asked else {}
        through = [attempt for attempt in attempts if attempt.direction == "undo"]
        for question, attempt in asked.items():
            outcome = found[question]
            if outcome.status == "failed":
                why = f"NetSuite does not show the record: {outcome.reason or outcome.code}; nobody was made for it."
                yield Answer(attempt, "failed", code=outcome.code, error=why)
            elif outcome.status == "open" or self._is_nothing(outcome.found or ""):
                through.append(attempt)
            else:
                yield Answer(attempt, "conflict", found=f"the record's Stripe-id field holds {outcome.found}")
        yield from self._writer.write(through)

    def inspect(self, entries: Sequence[Entry]) -> Iterator[Answer]:
        """See `Writer`."""
        return self._writer.inspect(entries)


def _question(attempt: Attempt) -> FieldEdit:
    """Whether the field could be set: it can as long as it is empty."""
    record = attempt.change.netsuite_internal_id
    if record is None:
        raise InternalError("A customer of no record was to be made in Stripe.")
    return FieldEdit(record, _OWNER, "set", f"{STRIPES_OWN}new")
