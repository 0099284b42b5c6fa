"""Whether a Stripe export can show the links and flags that stand in metadata, by the labels of its columns.

The Dashboard adds a column for each metadata key in use, as `netsuite_customer_id (metadata)`. Where that column is
not there, either no customer has the key, or the export left it out: nobody can tell.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from resources.extracts.near_keys import METADATA_WORDS, can_be_meant, is_equal
from schemas.no_value import NO_VALUE_LOWERED
from schemas.system_words import letters_of
from schemas.words import LINK_KEY, MATCH_KEYS, LinkColumn
from schemas.yes_no_words import NO_WORDS

_DELETED_WORDS: Final = (
    *("Deleted", "Is deleted", "Deleted at", "Deleted on", "Deleted date", "Date deleted", "Customer deleted"),
    *("Gelöscht", "Gelöscht am", "Supprimé", "Eliminado", "Excluído", "Apagado", "Eliminato", "Cancellato"),
    *("Verwijderd", "Borttagen", "Удален", "Удалён", "削除", "削除済み", "已删除", "已刪除", "삭제됨"),
)
_DELETED: Final = frozenset(map(letters_of, _DELETED_WORDS))
NOT_DELETED: Final = ("", "0.0", *(word.lower() for word in NO_WORDS), *NO_VALUE_LOWERED)
"""What a column `Deleted` says of a customer that is there, in lower case; every other word or date says deleted."""
DELETED: Final = tuple(word.lower() for word in _DELETED_WORDS if word != "Cancellato")
"""What a column `Status` says of a deleted customer, in lower case; `cancellato` there is a subscription's."""

_STATUS: Final = frozenset(
    map(
        letters_of,
        (
            *("Status", "Customer status", "Account status", "State", "Kundenstatus", "Zustand", "Statut", "État"),
            *("Estado", "Stato", "Situação", "Stan", "Stav", "Статус", "Состояние", "ステータス", "状態", "状态"),
            *("狀態", "상태"),
        ),
    )
)

_TEXT: Final = "metadata text "  # and a number; nor is any field called this
_OUR_KEYS: Final = "netsuite_"
_ZONE: Final = re.compile(r"\s*\((?:[A-Z]{2,5}|[A-Za-z]+/[A-Za-z_/]+)\)$")


def link_column(labels: Sequence[str]) -> LinkColumn:
    """Say whether the column with the links is there, missing, or there under another name only."""
    if _label(LINK_KEY) in labels:
        return "there"
    return "renamed" if _near_misses(labels, LINK_KEY) else "missing"


def metadata_texts(labels: Sequence[str]) -> dict[str, str]:
    """Names for the columns that have all metadata of a customer in one text, such as JSON, and their labels."""
    return {f"{_TEXT}{at}": label for at, label in enumerate(labels) if letters_of(label) in METADATA_WORDS}


def hides_keys(rows: pl.LazyFrame, texts: Mapping[str, str]) -> tuple[str, ...]:
    """The labels of those columns of `metadata_texts` in which some customer has a key of ours."""
    if not texts:
        return ()
    found = rows.select(pl.col(*texts).str.contains(f"(?i){_OUR_KEYS}").any()).collect().row(0)
    return tuple(label for label, is_hidden in zip(texts.values(), found, strict=True) if is_hidden)


def unseen_links(source: str, labels: Sequence[str], hidden: Sequence[str] = ()) -> tuple[str, ...]:
    """Sentences on links and flags that the file cannot show; none where it can show all.

    Args:
        source: the file.
        labels: of its columns.
        hidden: what `hides_keys` gives.
    """
    in_texts = (
        f"{source} has a column {label!r} with {_OUR_KEYS}… among other keys in one text, which is not read: make a "
        f"column of each key, called as {_label(LINK_KEY)!r}."
        for label in hidden
    )
    missing = (
        f"{source} has no column {_label(LINK_KEY)!r}: either no customer has this key, or the export left metadata "
        "out, and links that Stripe has cannot be seen."
    )
    renamed = (
        f"{source} has a column {label!r}, which is not read: the name is {_label(key)!r}{_way_out(label, key)}."
        for key in MATCH_KEYS
        for label in _near_misses(labels, key)
    )
    is_missing = link_column(labels) == "missing" and not hidden
    return (*((missing,) if is_missing else ()), *renamed, *in_texts)


def deleted_label(labels: Sequence[str]) -> str | None:
    """The column that says which customers are deleted, if there is one."""
    return next((label for label in labels if letters_of(_ZONE.sub("", label)) in _DELETED), None)


def status_labels(labels: Sequence[str]) -> Sequence[str]:
    """The columns that may say of a customer, among other things, that it is deleted."""
    return [label for label in labels if letters_of(label) in _STATUS]


def _near_misses(labels: Sequence[str], key: str) -> list[str]:
    known = {_label(each) for each in MATCH_KEYS}
    return [label for label in labels if label not in known and can_be_meant(label, key)]


def _way_out(label: str, key: str) -> str:
    """What a person can do: the very key has another label, or it is another key."""
    if key in label or not is_equal(label, key):
        other_key = "" if is_equal(label, key) else "correct the key in Stripe, or "
        return f"; if that is it, {other_key}write `labels: {{metadata.{key}: {label!r}}}` beside `export`"
    return ", and Stripe tells the case of keys apart"


def _label(key: str) -> str:
    return f"{key} (metadata)"
