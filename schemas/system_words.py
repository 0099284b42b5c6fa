"""What the words of a saved search mean, in whatever language it was exported: of a stage, and of a checkbox.

The lists are in `stage_words` and `yes_no_words`; a declaration adds to them, and what it says of a word goes before
them. A word in no list has no meaning here: whoever asks has to say so to a person.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, get_args
from unicodedata import category, normalize

from schemas.stage_words import STAGE_WORDS, Stage
from schemas.yes_no_words import NO_WORDS, YES_WORDS

_STAGES: Final[tuple[Stage, ...]] = get_args(Stage)
_DASHES: Final = "\u002d\u058a\u05be\u2010-\u2015\u2212\u2e3a\u2e3b\u301c\u30a0\ufe31\ufe32\ufe58\ufe63\uff0d"
"""The code points with Unicode's property Dash that stand between words, and the minus sign."""

_DASH: Final = re.compile(f"[{_DASHES}]")


def folded(word: str) -> str:
    """Return a word as it is looked up: without case, accents, full-width forms, white space and invisible characters.

    >>> folded(" MÜŞTERİ ") == folded("musteri") == "musteri"
    True
    >>> folded("ＣＬＩＥＮＴＥ")
    'cliente'
    """
    letters = normalize("NFKD", normalize("NFKD", word).casefold()).replace("ı", "i")
    # Cf and Cc: zero-width characters, marks of direction. Thai and Hindi vowels are marks that are no accents.
    return "".join(c for c in letters if category(c)[0] not in "ZC" and not "\u0300" <= c <= "\u036f")


def letters_of(name: str) -> str:
    """Return a label or a key as it is looked up: without case, accents, white space and punctuation.

    >>> letters_of("Netsuite-Customer ID")
    'netsuitecustomerid'
    """
    return "".join(filter(str.isalnum, folded(name)))


@dataclass(frozen=True)
class SystemWords:
    """The lists to look words up in.

    Attributes:
        stages: folded word → the stage that it means.
        answers: folded word → whether it means yes.
        declared: what a declaration adds, in words: frames that were read with other words are not the same.
    """

    stages: Mapping[str, Stage]
    answers: Mapping[str, bool]
    declared: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        stage_words: Mapping[Stage, Iterable[str]] | None = None,
        yes_words: Iterable[str] = (),
        no_words: Iterable[str] = (),
    ) -> "SystemWords":
        """The lists that are built in, with what a declaration says before them."""
        said = {stage: tuple((stage_words or {}).get(stage, ())) for stage in _STAGES}
        answers = {True: tuple(yes_words), False: tuple(no_words)}
        stages = {stage: (*STAGE_WORDS[stage], *said[stage]) for stage in _STAGES}
        own = {folded(word): stage for stage, words in said.items() for word in words}
        own_answers = {folded(word): answer for answer, words in answers.items() for word in words}
        declared = [f"{stage}={folded(word)}" for stage, words in said.items() for word in words]
        declared += [f"{'yes' if yes else 'no'}={folded(word)}" for yes, words in answers.items() for word in words]
        return cls(
            MappingProxyType({folded(word): stage for stage, words in stages.items() for word in words} | own),
            MappingProxyType(_ANSWERS | own_answers),
            tuple(declared),
        )

    def stage(self, text: str | None) -> Stage | None:
        """The stage that a text means: of the text as a whole, or of what stands before one of its dashes.

        A status is shown behind its stage, `CUSTOMER-Closed Won`; the longest beginning that is in a list decides.

        >>> [BUILT_IN.stage(text) for text in ("KUNDE-Abgeschlossen gewonnen", "見込み客 － 新規", "Closed Won")]
        ['customer', 'lead', None]
        """
        return _first(self.stages, _beginnings(text or ""))

    def is_customer(self, text: str | None) -> bool | None:
        """Whether a text means the stage customer; None where it means no stage."""
        stage = self.stage(text)
        return None if stage is None else stage == "customer"

    def answer(self, text: str | None) -> bool | None:
        """Whether the text of a checkbox means yes; blank means no, as a checkbox that was never ticked.

        >>> BUILT_IN.answer("はい"), BUILT_IN.answer("Nein"), BUILT_IN.answer(" "), BUILT_IN.answer("Perhaps")
        (True, False, False, None)
        """
        word = folded(text or "")
        return self.answers.get(word) if word else False


def _beginnings(text: str) -> list[str]:
    ends = [found.start() for found in _DASH.finditer(text)]
    return [folded(text), *(folded(text[:end]) for end in reversed(ends))]


def _first(meanings: Mapping[str, Stage], words: Iterable[str]) -> Stage | None:
    return next((meanings[word] for word in words if word in meanings), None)


_ANSWERS: Final = {folded(word): True for word in YES_WORDS} | {folded(word): False for word in NO_WORDS}

BUILT_IN: Final = SystemWords.of()
"""The lists as they are without a declaration."""
