"""Which names can be one of our metadata keys, written or mistyped otherwise: what stands under them is not read.

Of the link's key only those that differ in case, signs and what stands around it. Of a flag also other words and slips
of the hand, as whoever reads over one lets a customer through whom it should hold back.
"""

import re
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from schemas.stripe_words import STRIPE_WORDS
from schemas.system_words import folded
from schemas.words import ALLOW_KEY, BLOCK_KEY, MATCH_KEYS


def letters_of(name: str) -> str:
    """A name without case, accents and signs.

    >>> letters_of("Netsuite-Customer ID")
    'netsuitecustomerid'
    """
    return "".join(filter(str.isalnum, folded(name)))


METADATA_WORDS: Final = (*map(letters_of, STRIPE_WORDS["metadata"]),)
"""`Metadata` in the languages of exports."""

_METADATA: Final = "|".join(METADATA_WORDS)
_AROUND: Final = re.compile(rf"^(?:customer|{_METADATA})+|(?:customer)?(?:{_METADATA})$")
_SLIPS: Final = 2
"""Letters by which the name of a flag may be mistyped, and the flag be meant; `block` and `allow` are further apart."""
_FLAG_WORDS: Final = {
    BLOCK_KEY: frozenset(("block", "blocks", "blocked", "blocking")),
    ALLOW_KEY: frozenset(("allow", "allows", "allowed", "allowing")),
}
_OF_THE_FLAG: Final = frozenset(("netsuite", "integration", "integrations"))


@lru_cache(maxsize=10_000)
def key_meant_by(name: str) -> str | None:
    """The key of ours that a metadata key can be meant for; None if for none, or if it is one of them.

    >>> key_meant_by("Netsuite Customer Id"), key_meant_by("netsuite_customer_id"), key_meant_by("tier")
    ('netsuite_customer_id', None, None)
    """
    return None if name in MATCH_KEYS else next((key for key in MATCH_KEYS if can_be_meant(name, key)), None)


def can_be_meant(name: str, key: str) -> bool:
    """Whether a name that is not this key can be meant for it."""
    return is_equal(name, key) or _means_flag(name, key)


def is_equal(name: str, key: str) -> bool:
    """Whether nothing but case, signs and what stands around the key differs."""
    return _bare(name) == letters_of(key)


def _means_flag(name: str, key: str) -> bool:
    """Whether a name can be a flag mistyped or in other words: who reads over it lets a customer through."""
    if key not in _FLAG_WORDS:
        return False
    words = set(re.findall(r"[^\W_]+", name.casefold()))
    is_mistyped = OSA.distance(_bare(name), letters_of(key), score_cutoff=_SLIPS) <= _SLIPS
    return is_mistyped or bool(words & _FLAG_WORDS[key] and words & _OF_THE_FLAG)


def _bare(name: str) -> str:
    return _AROUND.sub("", letters_of(name))
