"""The words of the report: what outcomes, fields and files mean to a reader who knows neither API.

Also how numbers and times are written. No figures and no HTML here.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Final

from schemas.change import RECORD
from schemas.link_fields import BY_NAME, LINK_FIELDS
from schemas.words import MatchOutcome, many

OUTCOMES: Final[dict[MatchOutcome, str]] = {
    "linked": "A link exists and names one record.",
    "matched": "No link yet; a rule found exactly one record.",
    "ambiguous": "Several records fit equally well.",
    "unmatched": "No NetSuite customer fits.",
    "global": "No NetSuite customer fits; counted to the one that stands for all, and nothing is written for it.",
    "conflict": "The links contradict each other, or another customer holds the record.",
    "broken": "The link names something that is not, or no longer, a NetSuite customer.",
    "held": "A setting or a person holds it back, or it is a guest; nothing is tried.",
}

TO_STRIPE: Final[dict[MatchOutcome, str]] = {
    "linked": "It has its Stripe customer, by a link or by the match of Stripe's customers.",
    "matched": "Exactly one Stripe customer that is nobody's has its value.",
    "ambiguous": "Several such Stripe customers have its value.",
    "unmatched": "No Stripe customer has its value.",
    "conflict": "Whose Stripe customer it is, or whether it is to have one, a person has to say.",
    "broken": "Its Stripe-id field names no Stripe customer.",
    "held": "It does not go to Stripe: a lead, inactive, of another subsidiary, or not in the search of all customers.",
}

_EVIDENCE: Final = {"override": "A person decided", **{field.evidence: field.texts.evidence for field in LINK_FIELDS}}

WEIGHTS: Final = {
    "refused": "all of them refused",
    "some": "some of them",
    "cut": "taken, not whole",
    "unknown": "not checked",
}
"""How much a finding about new customers weighs."""

_COLUMNS: Final = {
    "stripe_customer_id": "Stripe customer",
    "netsuite_internal_id": "NetSuite record",
    "candidates": "Records that fit",
    "candidate_ids": "Their internal ids",
    "candidate_details": "They are",
    "proposed_internal_id": "Proposed record",
    "proposed_evidence": "Proposed because of",
    "doubt": "Doubt",
    "suggested_ids": "Suggested records",
    "suggestions": "Suggested to look at",
}

_FILES: Final = {
    "matches": "every Stripe customer with its outcome, its record, the reason, and the names of both",
    "netsuite_unmatched": "every NetSuite customer that no Stripe customer is linked or matched to",
    "plan": "every planned change, with the old and the new value",
    "guesses": "the pairs of which a planned change is a guess, and why it is one",
    "plan_exact": "the same to the byte: its SHA-256 is the hash that is approved",
    "review": "everything that waits for a person, with a column to decide in",
    "netsuite_matches": "every NetSuite customer of the search for Stripe, with its outcome and the reason",
    "stripe_creations": "the Stripe customers that the plan creates, parameter by parameter",
    "creations": "the NetSuite customers that the plan creates, field by field",
    "netsuite_create": "for NetSuite's CSV Import Assistant: the new customers, to be added and keyed by External ID",
    "netsuite_create_currencies": "for the same assistant, after it: their currencies, added by an update",
    "netsuite_import": "for NetSuite's CSV Import Assistant: only changed records, keyed by Internal ID",
    "netsuite_import_comments": "for the same assistant: the whole new comments of records; read the note below first",
    "netsuite_clear": "for the same assistant, first: what Tieout put into records that a person decided against",
    "netsuite_clear_comments": "for the same assistant: their whole comments without the ids; read the note below",
    "import_notes": "how to import them, and how old the picture is that they were made from",
    "stripe_updates": "the metadata to write to Stripe customers",
    "report": "this page",
}


def evidence(name: str | None) -> str:
    """Say what led to the record: a place of a link, a person, or a rule as it was declared."""
    if not name:
        return "Nothing found"
    return _EVIDENCE.get(name) or f"Rule: {name}"


def field(name: str) -> str:
    """Name a link field, or what a create makes."""
    if name == RECORD:
        return "New customer"
    return BY_NAME[name].texts.label if name in BY_NAME else name


def system(name: str) -> str:
    """Name a system as its maker writes it."""
    return {"stripe": "Stripe", "netsuite": "NetSuite"}.get(name, name)


def coverage(name: str) -> str:
    """Say whom a link field covers."""
    return BY_NAME[name].texts.coverage if name in BY_NAME else name


def column(name: str) -> str:
    """Name a column of the review; one that is not known speaks for itself."""
    return _COLUMNS.get(name) or name.replace("_", " ").capitalize()


def check(name: str) -> str:
    """Name a check, as in `netsuite_customers: unique_ids`."""
    return count(name).capitalize().replace("Netsuite", "NetSuite")


def count(name: str) -> str:
    """Name a number of a check."""
    return name.replace("_", " ").replace("/", " ")


def counted(counts: Mapping[str, int]) -> dict[str, int]:
    """Leave out the kinds of a family, as `doubt/twin`, of which a check has found none: there are many of them."""
    return {name: found for name, found in counts.items() if found or "/" not in name}


def none_of(counts: Mapping[str, int]) -> list[str]:
    """Name the kinds that `counted` leaves out, a line for each family."""
    families: dict[str, list[str]] = {}
    for name in counts.keys() - counted(counts).keys():
        family, _, kind = name.partition("/")
        families.setdefault(family, []).append(count(kind))
    return [f"{count(family)}, none of: {', '.join(sorted(kinds))}" for family, kinds in sorted(families.items())]


def file(name: str) -> str:
    """Say what is in a file, by its name without the number of a part; nothing about a file that is not known."""
    stem = name.rsplit("/", 1)[-1].split(".", 1)[0]
    return _FILES.get(stem) or _FILES.get(stem.rstrip("0123456789").removesuffix("_"), "")


def number(value: int) -> str:
    """Group the digits of a whole number by threes."""
    return f"{value:,}"


def percent(part: int, whole: int) -> str:
    """Return a share in whole percent; never 0 % of something, never 100 % of not everything."""
    if whole == 0:
        return "\u2013"
    share = 100 * part / whole
    if 0 < share < 1:
        return "<\u202f1\u202f%"
    if share < 100 and round(share) == 100:  # noqa: PLR2004 - per cent
        return ">\u202f99\u202f%"
    return f"{share:.0f}\u202f%"


def minute(when: datetime) -> str:
    """Return a time to the minute, in UTC."""
    return f"{when.astimezone(UTC):%d %B %Y, %H:%M} UTC"


def month(day: date) -> str:
    """Return the month of a day, as in `2024-03`."""
    return f"{day:%Y-%m}"


FILTERS: Final[dict[str, Callable[..., str]]] = {
    "number": number,
    "many": many,
    "minute": minute,
    "month": month,
    "label": field,
}
"""What the template may pipe a value through."""
