"""Whether a Stripe export can show the links and flags that stand in metadata, by the labels of its columns.

The Dashboard adds a column for each metadata key in use, as `netsuite_customer_id (metadata)`. Where that column is
not there, either no customer has the key, or the export left it out: nobody can tell.
"""

from collections.abc import Sequence
from typing import Final

from schemas.words import LINK_KEY, MATCH_KEYS, LinkColumn

_DELETED: Final = frozenset({"deleted", "isdeleted", "deletedat"})
NOT_DELETED: Final = ("", "0", "false", "f", "no", "n", "off")
"""What a column `Deleted` says of a customer that is there, in lower case; every other word or date says deleted."""


def link_column(labels: Sequence[str]) -> LinkColumn:
    """Say whether the column with the links is there, missing, or there under another name only."""
    if _label(LINK_KEY) in labels:
        return "there"
    return "renamed" if _near_misses(labels, LINK_KEY) else "missing"


def unseen_links(source: str, labels: Sequence[str]) -> tuple[str, ...]:
    """Sentences on links and flags that the file cannot show; none where it can show all."""
    missing = (
        f"{source} has no column {_label(LINK_KEY)!r}: either no customer has this key, or the export left metadata "
        "out, and links that Stripe has cannot be seen."
    )
    renamed = (
        f"{source} has a column {label!r}, which is not read: the name is {_label(key)!r}, and Stripe tells the case "
        "of keys apart."
        for key in MATCH_KEYS
        for label in _near_misses(labels, key)
    )
    return (*((missing,) if link_column(labels) == "missing" else ()), *renamed)


def deleted_label(labels: Sequence[str]) -> str | None:
    """The column that says which customers are deleted, if there is one."""
    return next((label for label in labels if _letters(label) in _DELETED), None)


def _near_misses(labels: Sequence[str], key: str) -> list[str]:
    wanted = _letters(key)
    return [label for label in labels if label != _label(key) and _letters(label).replace("metadata", "") == wanted]


def _label(key: str) -> str:
    return f"{key} (metadata)"


def _letters(label: str) -> str:
    return "".join(filter(str.isalnum, label.casefold()))
