"""Who is linked to whom: every Stripe customer gets one outcome, the record, the evidence and a reason (M12).

Pure functions on frames; the asset around them lives beside this package. The order of the steps is in `flow`, one file
per kind of evidence beside it; docs/matching.md says how it works and what it costs.
"""

from assets.matching.comment_ids import find_usual_ids
from assets.matching.doubts import kinds_of
from assets.matching.equal_keys import Rule
from assets.matching.flow import match_customers, match_with_doubts
from assets.matching.id_texts import ids_within
from assets.matching.link_traces import are_of, link_table
from assets.matching.order import by_customer, order_by_text
from assets.matching.settings import NO_OVERRIDES, MatchSettings

__all__ = [
    "NO_OVERRIDES",
    "MatchSettings",
    "Rule",
    "are_of",
    "by_customer",
    "find_usual_ids",
    "ids_within",
    "kinds_of",
    "link_table",
    "match_customers",
    "match_with_doubts",
    "order_by_text",
]
