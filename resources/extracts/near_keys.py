"""Which names can be one of our metadata keys, written or mistyped otherwise: what stands under them is not read.

They differ in case, signs and what stands around them, by slips of the hand, or by other words for the same. Whoever
reads over one plans a link beside one that is there, or lets a customer through whom a flag should hold back.
"""

import re
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from schemas.stripe_words import STRIPE_WORDS
from schemas.system_words import letters_of
from schemas.words import ALLOW_KEY, BLOCK_KEY, LINK_KEY, MATCH_KEYS

METADATA_WORDS: Final = (*map(letters_of, STRIPE_WORDS["metadata"]),)
"""`Metadata` in the languages of exports."""

_METADATA: Final = "|".join(METADATA_WORDS)
_AROUND: Final = re.compile(rf"^(?:customer|{_METADATA})+|(?:customer)?(?:{_METADATA})$")
_SLIPS: Final = 2
"""Letters by which a key may be mistyped, and be meant; `block` and `allow` are further apart."""
_IS_LINK: Final = re.compile(
    rf"(?:customer|custentity|account|billing|subscription|{_METADATA})*(?:netsuite|ns)(?=[cierklu])(?!{_METADATA})"
    rf"(?:customer|cust|client|internal|entity|record)*(?:id|number|key|ref|url|link)?(?:{_METADATA})?"
)
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
    if is_equal(name, key) or _means_flag(name, key):
        return True
    bare = _bare(name)
    is_mistyped = OSA.distance(bare, letters_of(key), score_cutoff=_SLIPS) <= _SLIPS
    return is_mistyped or (key == LINK_KEY and _IS_LINK.fullmatch(letters_of(name)) is not None)


def is_equal(name: str, key: str) -> bool:
    """Whether nothing but case, signs and what stands around the key differs."""
    return _bare(name) == letters_of(key)


def _means_flag(name: str, key: str) -> bool:
    """Whether a name can be a flag in other words."""
    words = set(re.findall(r"[^\W_]+", name.casefold()))
    return bool(words & _FLAG_WORDS.get(key, frozenset()) and words & _OF_THE_FLAG)


def _bare(name: str) -> str:
    return _AROUND.sub("", letters_of(name))
