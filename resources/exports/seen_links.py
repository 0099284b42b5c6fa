"""Whether a Stripe export can show the links and flags that stand in metadata, by the labels of its columns.

The Dashboard adds a column for each metadata key in use, as `netsuite_customer_id (metadata)`. Where that column is
not there, either no customer has the key, or the export left it out: nobody can tell.
"""

import re
from collections.abc import Sequence
from typing import Final

from schemas.no_value import NO_VALUE
from schemas.stripe_words import STRIPE_WORDS
from schemas.system_words import folded
from schemas.words import LINK_KEY, MATCH_KEYS, LinkColumn
from schemas.yes_no_words import NO_WORDS


def _letters(label: str) -> str:
    return "".join(filter(str.isalnum, folded(label)))


_DELETED: Final = frozenset(
    map(
        _letters,
        (
            *("Deleted", "Is deleted", "Deleted at", "Deleted on", "Deleted date", "Date deleted", "Customer deleted"),
            *("Gelöscht", "Gelöscht am", "Supprimé", "Eliminado", "Excluído", "Apagado", "Eliminato", "Cancellato"),
            *("Verwijderd", "Borttagen", "Удален", "Удалён", "削除", "削除済み", "已删除", "已刪除", "삭제됨"),
        ),
    )
)
NOT_DELETED: Final = ("", *(word.lower() for word in (*NO_WORDS, *NO_VALUE)))
"""What a column `Deleted` says of a customer that is there, in lower case; every other word or date says deleted."""

_METADATA: Final = "|".join(map(_letters, STRIPE_WORDS["metadata"]))
_AROUND: Final = re.compile(rf"^(?:customer|{_METADATA})+|(?:customer)?(?:{_METADATA})$")
_ZONE: Final = re.compile(r"\s*\((?:[A-Z]{2,5}|[A-Za-z]+/[A-Za-z_/]+)\)$")


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
        f"{source} has a column {label!r}, which is not read: the name is {_label(key)!r}{_way_out(label, key)}."
        for key in MATCH_KEYS
        for label in _near_misses(labels, key)
    )
    return (*((missing,) if link_column(labels) == "missing" else ()), *renamed)


def deleted_label(labels: Sequence[str]) -> str | None:
    """The column that says which customers are deleted, if there is one."""
    return next((label for label in labels if _letters(_ZONE.sub("", label)) in _DELETED), None)


def _near_misses(labels: Sequence[str], key: str) -> list[str]:
    wanted = _letters(key)
    others = [label for label in labels if label != _label(key)]
    return [label for label in others if _AROUND.sub("", _letters(label)) == wanted]


def _way_out(label: str, key: str) -> str:
    """What a person can do: the very key has another label, or it is another key."""
    if key in label:
        return f"; if that is it, write `labels: {{metadata.{key}: {label!r}}}` beside `export`"
    return ", and Stripe tells the case of keys apart"


def _label(key: str) -> str:
    return f"{key} (metadata)"
