"""What every extract tells its reader, whichever reader it comes through: its rows and how they were counted."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

import polars as pl

from resources.extracts.on_disk import Disk, OnDisk
from resources.extracts.unique import RowSource, unique_by_id
from schemas.words import LinkColumn


@dataclass(frozen=True)
class Known:
    """The frame of an earlier read, and the moment whose state it is (UTC)."""

    frame: pl.DataFrame
    read_at: datetime


_LIMITS: Final[Mapping[int, str]] = {
    1_000: "a page of SuiteQL has",
    5_000: "a query of SuiteScript gives",
    65_535: "an old worksheet holds below its labels",
    100_000: "SuiteQL gives over REST",
    1_048_575: "a worksheet holds below its labels",
}
"""Where a list ends that did not go on: rows, and what has so many (Oracle's help on SuiteQL and on `query.runSuiteQL`,
Microsoft's on Excel's limits)."""


def warnings_of_a_file(*, ends_with_newline: bool, lost: int, rows: int) -> tuple[str, ...]:
    """What can be wrong with an export whose rows are all of one length."""
    cut = "The last line of the file is not ended, as in one that was cut: compare its last row with the source."
    letters = (
        f"In {lost:,} places the file has \ufffd, which stands for a letter that was lost before: names that differ "
        "there look equal; export it again as UTF-8."
    )
    limit = (
        f"The file has exactly {rows:,} rows, as many as {_LIMITS.get(rows)}: if the list is longer, its rest passes "
        "for missing; compare the number with the source."
    )
    found = {cut: not ends_with_newline, letters: lost > 0, limit: rows in _LIMITS}
    return tuple(warning for warning, is_there in found.items() if is_there)


@dataclass(frozen=True)
class UnknownWords:
    """Words of a column whose words depend on a language, that are in no list.

    Attributes:
        column: our name of it.
        distinct: how many such words there are.
        rows: the most frequent of them, as they are written (empty for a blank cell), and in how many rows each is.
    """

    column: str
    distinct: int
    rows: Mapping[str, int]


@dataclass(frozen=True)
class Extract:
    """The customers of one system.

    Attributes:
        frame: `schemas.customers.StripeCustomers` or `NetsuiteCustomers`; without rows, if they are on the disk.
        rows_read: rows that the source gave, before identical duplicates were dropped.
        complete: everything asked for is here, as far as that can be proved (X10).
        proof: a sentence for a person on what proves it; empty where nothing does, as for a file.
        warnings: sentences for a person on what cannot be proved or disproved.
        read_at: the moment whose state this is, UTC: a later read can ask for what has changed since; null for files.
        windows: the windows or pages that were read, where there were any: how it is proved complete.
        link_column: of an export of Stripe, whether it has the column with the links.
        unseen_links: sentences for a person on links that may exist and cannot be seen here.
        notes: further counts for a person, by name.
        unknown_words: what is written in the language of the source and is in no list; the frame is not to be used.
        exported_at: when the oldest of the files was written, UTC, as far as its own time tells; null over an API.
        on_disk: the rows, if they are not in memory, as they can be only for who gave a `Disk`.
    """

    frame: pl.DataFrame
    rows_read: int
    complete: bool = True
    proof: str = ""
    warnings: tuple[str, ...] = ()
    read_at: datetime | None = None
    windows: pl.DataFrame | None = None
    link_column: LinkColumn | None = None
    unseen_links: tuple[str, ...] = ()
    notes: Mapping[str, int | float | str | bool] = field(default_factory=dict)
    unknown_words: tuple[UnknownWords, ...] = ()
    exported_at: datetime | None = None
    on_disk: OnDisk | None = None

    @property
    def rows(self) -> pl.DataFrame | OnDisk:
        """The customers, wherever they are."""
        return self.frame if self.on_disk is None else self.on_disk

    @property
    def duplicates_dropped(self) -> int:
        """How many rows were dropped because they repeated another one in every column."""
        return self.rows_read - self.rows.height


def join_extracts(extracts: Sequence[Extract], id_column: str, source: RowSource, disk: Disk | None = None) -> Extract:
    """One extract of those of several files, whose rows may overlap: told apart as within one file.

    Args:
        extracts: of the files; of some the rows may be on the disk.
        id_column: which of their columns tells rows apart.
        source: what messages say of who gave the rows.
        disk: where rows are, if some are there.

    Raises:
        UserError: of the kind of `source`: two rows of one id differ.
    """
    if len(extracts) == 1:
        return extracts[0]
    # A file has a column only for keys that its customers have; those that it has not stand last.
    names = extracts[0].frame.columns
    if disk is None or not any(each.on_disk for each in extracts):
        whole = pl.concat([each.frame.select(names) for each in extracts])
        frame, on_disk = unique_by_id(whole, id_column, source), None
    else:
        rows = disk.kept(pl.concat([each.rows.lazy().select(names) for each in extracts]))
        frame, on_disk = extracts[0].frame.clear(), disk.unique_by_id(rows, id_column, source)
    return replace(
        extracts[0],
        frame=frame,
        on_disk=on_disk,
        rows_read=sum(each.rows_read for each in extracts),
        complete=all(each.complete for each in extracts),
        warnings=tuple(dict.fromkeys(doubt for each in extracts for doubt in each.warnings)),
        notes={"files": len(extracts)} | _all_notes(extracts),
        unknown_words=tuple(_all_unknown_words(extracts)),
        exported_at=min((each.exported_at for each in extracts if each.exported_at), default=None),
        link_column=_best_column([each.link_column for each in extracts]),
        unseen_links=tuple(dict.fromkeys(sentence for each in extracts for sentence in each.unseen_links)),
    )


def _all_unknown_words(extracts: Sequence[Extract]) -> Iterator[UnknownWords]:
    """Of each column the words that are unknown in some extract; of the distinct ones at least as many are there."""
    found: dict[str, list[UnknownWords]] = {}
    for words in (each for extract in extracts for each in extract.unknown_words):
        found.setdefault(words.column, []).append(words)
    for column, several in found.items():
        rows = sum((Counter(words.rows) for words in several), Counter[str]())
        yield UnknownWords(column, max([len(rows), *(words.distinct for words in several)]), dict(rows.most_common()))


def _best_column(columns: Sequence[LinkColumn | None]) -> LinkColumn | None:
    """What one file shows of the links counts for all: a file gets a column only for keys that its customers have."""
    order: tuple[LinkColumn, ...] = ("renamed", "there", "missing")
    return next((column for column in order if column in columns), None)


def _all_notes(extracts: Sequence[Extract]) -> dict[str, int | float | str | bool]:
    """The notes of all: counts added up, and of others the first."""
    found: dict[str, int | float | str | bool] = {}
    for name, value in (pair for each in extracts for pair in each.notes.items()):
        old = found.get(name)
        if isinstance(value, int) and isinstance(old, int) and not isinstance(value, bool):
            found[name] = old + value
        elif old is None:
            found[name] = value
    return found
