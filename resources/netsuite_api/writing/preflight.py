"""What NetSuite would say of new customers, asked of the RESTlet before any is made; nothing is saved.

What is asked and what was told are here; what follows from it is decided where the plan is made.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, Field, ValidationError

from resources.netsuite_api.session.answers import unusable
from resources.netsuite_api.session.restlet import Json, Restlet


@dataclass(frozen=True)
class TrialRecord:
    """A new customer as it would be made.

    Attributes:
        fields: script ids of all fields that may be filled.
        values: script id → what is the same for every such customer.
    """

    fields: Sequence[str]
    values: Mapping[str, str | int | float | bool]


class MandatoryField(BaseModel, hide_input_in_errors=True):
    """A field that needs a value and that NetSuite fills in no other way. People know it by its label."""

    id: str
    label: str


class ToldValue(BaseModel, hide_input_in_errors=True):
    """Whether a field takes a value.

    `there`: it does; `absent`: there is no such field; `not_there`: its list has no such value that the role can see;
    `unseen`: it does, but nobody tells whether its list has the value; `refused`: in NetSuite's words.
    """

    id: str
    outcome: Literal["there", "absent", "not_there", "unseen", "refused"]
    code: str = ""
    message: str = ""


class ToldRecord(BaseModel, hide_input_in_errors=True):
    """What was told of a trial record: its values in any order, the absent of its fields, what is mandatory and empty.

    `untold` counts the fields of which nobody tells whether they are mandatory.
    """

    outcome: Literal["looked"]
    values: list[ToldValue]
    absent: list[str]
    mandatory: list[MandatoryField]
    untold: int = Field(ge=0)


class RefusedRecord(BaseModel, hide_input_in_errors=True):
    """NetSuite begins no new customer, in its words."""

    outcome: Literal["refused"]
    code: str
    message: str


class ToldCurrencies(BaseModel, hide_input_in_errors=True):
    """The active currencies. `off`: the account has one only; `refused`: in whoever's words."""

    outcome: Literal["off", "seen", "refused"]
    symbols: list[str] = []
    code: str = ""
    message: str = ""


TrialOutcome = Annotated[ToldRecord | RefusedRecord, Field(discriminator="outcome")]


class Preflight(BaseModel, hide_input_in_errors=True):
    """What NetSuite tells. `level`: what the role may do with customers, 0 nothing to 4 everything; None: not told."""

    level: int | None = Field(ge=0, le=4)
    currencies: ToldCurrencies
    records: list[TrialOutcome]


def preflight(restlet: Restlet, records: Sequence[TrialRecord]) -> Preflight:
    """Ask what would become of such records, and save none.

    Raises:
        TransientError: NetSuite could not be asked, after all tries, or its answer cannot be right.
        AccessError, UserError: a person must act; the message says how.
    """
    asked: list[Json] = [{"fields": record.fields, "values": record.values} for record in records]
    parsed, _ = restlet.ask_raw("preflight", records=asked)
    try:
        answer = Preflight.model_validate(parsed)
    except ValidationError:
        raise unusable("to a preflight, it has not the agreed form") from None
    if len(answer.records) != len(records) or not all(map(_is_about, answer.records, records)):
        raise unusable("it is not about the records that were asked for")
    return answer


def _is_about(told: ToldRecord | RefusedRecord, asked: TrialRecord) -> bool:
    if isinstance(told, RefusedRecord):
        return True
    return sorted(value.id for value in told.values) == sorted(asked.values) and {*told.absent} <= {*asked.fields}
