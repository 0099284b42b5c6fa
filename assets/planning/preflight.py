"""What would refuse the creation of customers, in sentences, from what NetSuite tells before any is made.

`refused`: every customer of a kind would be refused; `some`: those of whom a sentence speaks, or taking back;
`unknown`: it could not be checked, and nothing is guessed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from assets.mapping.to_netsuite import CreateSettings, Trial
from resources.netsuite_api import NetsuiteClient, Preflight, RefusedRecord, ToldRecord, ToldValue, TrialRecord
from resources.server_text import harmless, short
from schemas.customer_fields import OWN_SETTINGS

CREATE, FULL = 2, 4


@dataclass(frozen=True)
class Finding:
    """One thing that a person should know before a plan is approved."""

    weight: Literal["refused", "some", "unknown"]
    of: str
    sentence: str


def checked(client: NetsuiteClient, kinds: Sequence[Trial], settings: CreateSettings, undo: str) -> list[Finding]:
    """Ask NetSuite about the customers that a declaration would make, and save none.

    Args:
        client: of the account.
        kinds: of customers.
        settings: how records are made.
        undo: how they are to be taken back.

    Returns:
        What was found, each thing once, what refuses most first.

    Raises:
        TransientError, UserError: as `NetsuiteClient.preflight`.
    """
    told = client.preflight([TrialRecord(sorted(kind.always | kind.sometimes), kind.values) for kind in kinds])
    found = [*_of_the_role(told, undo), *_of_currencies(told, settings)]
    for kind, record in zip(kinds, told.records, strict=True):
        found += _of_a_kind(kind, record, settings)
    weights = ("refused", "some", "unknown")
    return sorted(dict.fromkeys(found), key=lambda finding: weights.index(finding.weight))


def _of_the_role(told: Preflight, undo: str) -> Iterator[Finding]:
    if told.level is None:
        yield Finding("unknown", "role", "whether it may create customers could not be checked")
    elif told.level < CREATE:
        yield Finding("refused", "role", "it may not create customers: it needs Lists > Customers (Edit)")
    elif undo == "delete" and told.level < FULL:
        yield Finding(
            "some", "role", "it may not delete customers, as create.undo wants: it needs Lists > Customers (Full)"
        )


def _of_currencies(told: Preflight, settings: CreateSettings) -> Iterator[Finding]:
    currencies = told.currencies
    if currencies.outcome == "refused":
        yield Finding("refused", "currencies", f"they cannot be listed: {_said(currencies.code, currencies.message)}")
    elif settings.currency is None:
        return
    elif currencies.outcome == "off":
        yield Finding("some", "create.currency", f"{settings.currency} is not set: Multiple Currencies is off")
    elif settings.currency not in currencies.symbols:
        yield Finding("refused", "create.currency", f"the account has no active currency {settings.currency}")


def _of_a_kind(kind: Trial, told: ToldRecord | RefusedRecord, settings: CreateSettings) -> Iterator[Finding]:
    who = "individuals" if kind.is_individual else "companies"
    if isinstance(told, RefusedRecord):
        yield Finding("unknown", who, f"NetSuite begins no new record: {_said(told.code, told.message)}")
        return
    for value in told.values:
        yield from _of_a_value(value, kind)
    for name in sorted({*told.absent} - {*kind.values}):
        yield from _of_an_absent_field(name, kind, settings)
    for field in told.mandatory:
        yield from _of_a_mandatory_field(field.id, harmless(field.label), kind, who)
    if told.untold:
        yield Finding("unknown", who, f"whether {told.untold:,} of the fields are mandatory could not be checked")


def _of_a_value(value: ToldValue, kind: Trial) -> Iterator[Finding]:
    of, given = _setting(value.id), harmless(str(kind.values[value.id]))
    match value.outcome:
        case "absent":
            yield Finding("refused", of, f"customers have no field {value.id} that this role can see")
        case "not_there":
            yield Finding(
                "refused", of, f"{given} does not exist in the list of {value.id}, or this role cannot see it"
            )
        case "refused":
            yield Finding("refused", of, f"{given} is refused: {_said(value.code, value.message)}")
        case "unseen":
            yield Finding(
                "unknown",
                of,
                f"whether {given} exists could not be checked: NetSuite does not tell what is in the list of "
                f"{value.id}, as when it is longer than the user's Maximum Entries in Dropdowns",
            )
        case "there":
            return


def _of_an_absent_field(name: str, kind: Trial, settings: CreateSettings) -> Iterator[Finding]:
    paths = settings.paths_to(name)
    of = f"create.mapping: {', '.join(paths)}" if paths else name
    said = f"customers have no field {name} that this role can see"
    if name in kind.always:
        yield Finding("refused", of, said)
    else:
        yield Finding("some", of, f"{said}; a customer with a value for it is refused")


def _of_a_mandatory_field(name: str, label: str, kind: Trial, who: str) -> Iterator[Finding]:
    shown = f"{short(name)} ({label})" if label and label != name else short(name)
    if name in kind.sometimes:
        yield Finding("some", who, f"{shown} is mandatory, and a customer without a value for it is refused")
    elif name not in kind.always:
        yield Finding("refused", who, f"{shown} is mandatory, and nothing fills it: set it in create.defaults")


def _setting(name: str) -> str:
    return f"create.{OWN_SETTINGS[name]}" if name in OWN_SETTINGS else f"create.defaults: {name}"


def _said(code: str, message: str) -> str:
    return ": ".join(part for part in (short(code), harmless(message).rstrip(".")) if part)


NOTHING_FOUND: Final = (
    "creating customers: every mandatory field is filled, every field and value is there, the role may do it; "
    "nothing was saved."
)
