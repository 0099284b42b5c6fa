"""The settings of a declaration that are lists of words: their shape, and what can be wrong with them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import dagster as dg
from pydantic import Field

from schemas.declaration.problems import Problem
from schemas.stage_words import Stage
from schemas.system_words import folded

_ACTIVE: Final = frozenset(
    map(
        folded,
        (
            *("Active", "Is Active", "Enabled", "Aktiv", "Ist aktiv", "Actif", "Est actif", "Activo"),
            *("Ativo", "Attivo"),
            *("Actief", "Aktivní", "Aktywny", "Aktif", "Aktiivinen", "Активен", "Активный", "有効"),
            *("アクティブ", "활성"),
            *("激活", "有效", "启用", "啟用"),
        ),
    )
)
"""Labels of columns that say the opposite of inactive."""


class StageWords(dg.Model, dg.Resolvable):
    """Words for stages, beside those of NetSuite's languages that are built in (M2)."""

    customer: list[str] = Field(default_factory=list, description="words that make a customer")
    lead: list[str] = Field(default_factory=list, description="words that make a lead")
    prospect: list[str] = Field(default_factory=list, description="words that make a prospect")

    def by_stage(self) -> Mapping[Stage, Sequence[str]]:
        """The words of each stage."""
        return {"customer": self.customer, "lead": self.lead, "prospect": self.prospect}

    def problems(self) -> Iterator[Problem]:
        """What is wrong with the lists."""
        return said_twice({("stage_words", stage): words for stage, words in self.by_stage().items()})


def problems_of_inactive(label: str, yes_words: Sequence[str], no_words: Sequence[str]) -> Iterator[Problem]:
    """What is wrong with the column of inactive: the yes of one that says active means no, if nobody says so."""
    if folded(label) in _ACTIVE and not (yes_words and no_words):
        words = "yes_words: ['No'] and no_words: ['Yes']"
        said = (
            f"says the opposite of inactive; map NetSuite's column Inactive, or say what its words mean, as in {words}"
        )
        yield ("netsuite_fields", "inactive"), f"{label!r} {said}"


def said_twice(lists: Mapping[tuple[str, ...], Sequence[str]]) -> Iterator[Problem]:
    """What is wrong with lists of words, by their place in the declaration: each word may be in one of them."""
    seen: dict[str, str] = {}
    for path, words in lists.items():
        for index, word in enumerate(words):
            key = folded(word)
            if not key:
                yield (*path, index), "expected a word, found nothing"
            elif key in seen:
                yield (*path, index), f"{word!r} is in {seen[key]} already"
            seen.setdefault(key, ".".join(path))
