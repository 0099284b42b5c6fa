"""A person's decision about one customer (M8), taken in with who and why; matching follows it from the next run on.

It is checked as those of a file are: in `decision_rows`, by what is known now.
"""

from typing import Final

import dagster as dg
from pydantic import Field

from assets.planning.decision_cells import Refused, Row
from assets.planning.decision_picture import picture_of
from assets.planning.decision_rows import meant_by
from assets.reconciliation import Reconciliation, failures_for_people
from assets.signed_in import BY_LOGIN, name_of
from resources.exports.decisions import CUSTOMER
from resources.ledger import Decisions, NewDecision
from schemas.errors import UserError

_SHOWN: Final = 60


class Override(dg.Config):
    """The decision: this customer belongs to that record, to none ever, to a new one, or is left to the rules again."""

    customer: str = Field(description="the Stripe customer's id")
    record: str = Field(
        description="the record's internal id; `never`; `create` for a new one; `withdraw` to take the decision back"
    )
    who: str = Field(description=f"who decides; {BY_LOGIN}")
    why: str = Field(description="why; it is shown in the review queue and the report")


def decide(sync: Reconciliation, context: dg.OpExecutionContext, config: Override) -> None:
    """Keep a decision. Raises `dg.Failure` with a sentence for a decision that cannot be meant."""
    with failures_for_people():
        who = name_of(context.run, config.who).strip()
        for name, said in {"customer": config.customer, "who": who, "why": config.why}.items():
            if not said.strip():
                raise UserError(f"{name} is empty; a decision needs a customer, who decides, and why.")
        new = _checked(sync, config)
        with sync.ledger() as ledger:
            decisions = Decisions(ledger, sync.name)
            decisions.decide(new.customer, new.kind, new.record, who, new.why)
            standing = decisions.standing().height
    context.add_output_metadata({"customer": new.customer, "record": config.record, "overrides_standing": standing})


def _checked(sync: Reconciliation, config: Override) -> NewDecision:
    """The decision, held against what is known now.

    Raises:
        UserError: it cannot be meant.
    """
    row = Row.typed(config.customer, config.record, config.why)
    if row.is_later:
        raise UserError("later is no decision about one customer: nothing was recorded, and it goes on waiting.")
    _, picture = picture_of(sync, [row], shows_decided=False, is_typed=True)
    try:
        return meant_by(row, picture, row.why)
    except Refused as refused:
        whose = f"{row.customer[:_SHOWN]!r}: " if refused.column == CUSTOMER else ""
        raise UserError(f"Nothing was recorded: {whose}{refused.why}.") from None
