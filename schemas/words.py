"""The project's vocabulary as types: ids that must not be mixed, and the closed lists of words.

Light on purpose: no pandera, no polars, so that every module can afford to import it.
"""

from collections.abc import Mapping
from typing import Final, Literal, NewType, get_args

StripeId = NewType("StripeId", str)
"""The id of a Stripe customer, mostly `cus_…`. Case-sensitive, exact."""

USUAL_STRIPE_ID: Final = "^cus_[0-9A-Za-z]+$"
"""What nearly all of them look like, as a pattern; old accounts chose some ids themselves."""

STRIPES_OWN: Final = "cus_"
"""How the ids begin that Stripe gives; imported customers may be called `1001` or `paid`, which could be anything."""

GUEST_PREFIX: Final = "gcus_"
"""What the ids of Stripe's guests begin with: they are in exports, and there is no customer object of theirs."""

InternalId = NewType("InternalId", int)
"""The internal id of a NetSuite customer record: a positive whole number."""

DeclaredAccounts = NewType("DeclaredAccounts", str)
"""A declaration with the accounts that it names, as `acme@3fa85f64a1b2c3d4`: whose plans and writes these are.

Its name alone does not tell: it stays when the declaration comes to name other accounts.
"""

DecisionKind = Literal["link", "never", "create", "withdrawn"]
"""What a person decides about a customer (M8); `create`: none of the records, but a new one; `withdrawn`: nothing."""

MatchOutcome = Literal["linked", "matched", "ambiguous", "unmatched", "global", "conflict", "broken", "held"]
"""What a Stripe customer ends in, exactly one of them (M12)."""

OUTCOMES: Final[tuple[MatchOutcome, ...]] = get_args(MatchOutcome)

WITHOUT_RECORD: Final[tuple[MatchOutcome, ...]] = ("unmatched", "global")
"""The outcomes of customers that no record of their own was found for."""

WITHOUT_LINK: Final[tuple[MatchOutcome, ...]] = ("unmatched", "matched", "ambiguous")
"""The outcomes for which a person can decide `create`: no link that is there says otherwise."""

GLOBAL_NAME: Final = "Stripe Unallocated Charges"
"""What the one NetSuite customer is called that stands for all without a record (C1)."""

GLOBAL_KEY: Final = "stripe-unallocated-charges"
"""Its external id, where Tieout has made it."""

TransactionState = Literal["transacted", "none", "unknown"]
"""Whether a Stripe customer has paid or been invoiced; `unknown`: Stripe could not be asked (C2, C16)."""

TRANSACTION_STATES: Final[tuple[TransactionState, ...]] = get_args(TransactionState)

GONE: Final = "gone"
"""In the review, what ids are that NetSuite records name and no Stripe customer has; they are no outcome of anybody."""

Doubt = Literal[
    "link_contradicted",
    "link_inactive",
    "retired",
    "negated",
    "rules_differ",
    "names_another",
    "lead_names",
    "number_in_name",
    "shared_key",
    "chosen_id",
    "near_key",
    "near_id",
    "equal_inactive",
    "equal_lead",
    "other_reading",
    "near_miss",
    "equal_customer",
    "twin",
]
"""Why a person should look at a pair before it is written, though its evidence decided (`assets.matching.doubts`)."""

DOUBTS: Final[Mapping[Doubt, str]] = {
    "link_contradicted": "links that all other evidence contradicts",
    "link_inactive": "links to inactive records that have an active equal",
    "retired": "records or customers that seem to be retired",
    "negated": "comments that seem to say that it is another customer",
    "rules_differ": "rules that find different records",
    "names_another": "records that name another Stripe customer",
    "lead_names": "leads or prospects that name the customer of another record",
    "number_in_name": "names that are equal but for a number before one of them",
    "shared_key": "values that many customers share",
    "chosen_id": "external ids of other records that equal an imported Stripe id",
    "near_key": "metadata keys that can be meant for ours, which are not read",
    "near_id": "comments that hold nearly the id of a customer",
    "equal_inactive": "inactive records with an equal value",
    "equal_lead": "leads or prospects with an equal value",
    "other_reading": "records with an equal value in another reading",
    "near_miss": "nearly equal values",
    "equal_customer": "other Stripe customers with an equal value",
    "twin": "new customers with an equal value",
}
"""Each doubt in words, in the order in which they are shown; docs/matching.md explains them."""

DateForm = Literal["day_first", "month_first", "year_first", "epoch", "local"]
"""What dates mean that leave it open: their order, seconds since 1970, or the zone of their label."""

System = Literal["stripe", "netsuite"]
Action = Literal["set", "append", "create", "clear", "remove"]

NEAR_KEYS: Final = "near_keys"
"""Column of an extract over Stripe's API: metadata keys of a customer that can be meant for ours, a line each."""

LINK_KEY: Final = "netsuite_customer_id"
"""Stripe metadata key that names the NetSuite record (M7, W1)."""

LINK_FIELD: Final = "metadata.netsuite_customer_id"
"""The same as a column of an extract, and as a field of a plan."""

BLOCK_KEY: Final = "netsuite_block_integration"
"""Stripe metadata key that holds a customer back while it is `true` (C2)."""

ALLOW_KEY: Final = "netsuite_allow_integration"
"""Stripe metadata key that lets a customer in when the declaration says `allow_list: true` (C2)."""

LinkColumn = Literal["there", "missing", "renamed"]
"""Whether a Stripe export has the column with the links; renamed: under another name only, which is not read."""

MATCH_KEYS: Final = (LINK_KEY, BLOCK_KEY, ALLOW_KEY)
"""The metadata keys that every `stripe_customers` frame carries, whatever the rules name."""

CANDIDATES_SHOWN: Final = 50
"""How many candidate ids a row lists at most; their count is always exact."""

COMMENTS_LIMIT: Final = 4_000
"""Characters that fit into the comments of a NetSuite customer (W3)."""


def shortened(digest: str) -> str:
    """As much of the hash of a plan, or of what is kept, as a person needs to tell it from others.

    >>> shortened("27fe2ce8788c24b36c010d53ccd26b68")
    '27fe2ce8788c'
    """
    return digest[:12]


def many(count: int, singular: str, plural: str | None = None) -> str:
    """Return a count with its noun.

    >>> many(1, "customer"), many(2000, "customer"), many(0, "query", "queries")
    ('1 customer', '2,000 customers', '0 queries')
    """
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"


def many_do(count: int, noun: str, does: str, do: str) -> str:
    """Return a count with its noun and verb.

    >>> many_do(1, "record", "holds", "hold"), many_do(2000, "record", "holds", "hold")
    ('1 record holds', '2,000 records hold')
    """
    return f"{many(count, noun)} {does if count == 1 else do}"


def and_more(count: int) -> str:
    """Return how many there are beside the one that is named; nothing where there is none.

    >>> and_more(0), and_more(1), and_more(2000)
    ('', ' and 1 other', ' and 2,000 others')
    """
    return f" and {many(count, 'other')}" if count else ""
