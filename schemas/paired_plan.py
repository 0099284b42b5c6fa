"""A plan as the pairs that it is about, with a flag for each field that is changed; texts are made where they are read.

A million pairs with four flags say the same as three or four million rows of text, in a tenth of the room. What is no
change of a link field of a pair (creates, removals, parameters of Stripe) stands beside them as rows.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Final, Self

import polars as pl

from schemas.link_fields import LINK_FIELDS, LinkField, in_plan_order
from schemas.pair_texts import CUSTOMER, RECORD_ID, is_changed, rows_of_pairs
from schemas.plain_ids import are_plain
from schemas.plan import OF_CREATES, PLAN_COLUMNS, columns_kept
from schemas.words import System

_SECTION: Final = "section"
_SECTIONS: Final = ("first", "pairs", "last")
_NUMBER: Final = "number"
_ROWS_AT_ONCE: Final = 1 << 16
_PLAIN_WORDS: Final = "^[A-Za-z0-9_ .:=+-]*$"


def _as_they_are(rows: pl.LazyFrame) -> pl.LazyFrame:
    return rows


@dataclass(frozen=True)
class Part:
    """The changes of one system, field and action, in the order of the plan.

    Attributes:
        rows: `schemas.plan.Plan`, made when they are collected, and of them what is asked for.
        pairs: what the rows are made of, where they are made of pairs.
        made: makes rows of some of these pairs.
    """

    system: str
    field: str
    action: str
    height: int
    rows: pl.LazyFrame
    pairs: pl.LazyFrame | None = None
    made: Callable[[pl.LazyFrame], pl.LazyFrame] = _as_they_are

    def at(self, numbers: pl.Series) -> pl.DataFrame:
        """The rows of some numbers; of the others no text is made."""
        of = self.rows if self.pairs is None else self.pairs
        some = of.with_row_index(_NUMBER).filter(pl.col(_NUMBER).is_in(numbers.implode())).drop(_NUMBER)
        return self.made(some).collect()


@dataclass(frozen=True)
class Slice:
    """Some rows of a plan, one after the other; of the text columns only those that are `foreign` can hold anything."""

    rows: pl.DataFrame
    foreign: tuple[str, ...] | None = None


@dataclass(frozen=True)
class PairedPlan:
    """A plan.

    Attributes:
        pairs: with `stripe_customer_id`, `netsuite_internal_id`, `evidence`, what link fields hold under their names,
            whether that is a placeholder, and of each field that may be written whether it is changed; sorted by
            record. None: everything is rows.
        first: the rows before those of pairs, as `schemas.plan.Plan`.
        last: those after them.
    """

    pairs: pl.DataFrame | None = None
    first: pl.DataFrame | None = None
    last: pl.DataFrame | None = None

    @property
    def fields(self) -> list[LinkField]:
        """The fields of pairs that may be changed, in the order of the plan."""
        return _fields(self.pairs.columns) if self.pairs is not None else []

    @cached_property
    def heights(self) -> dict[str, int]:
        """How many pairs are changed in each of those fields."""
        flags = [pl.col(is_changed(field)).sum().cast(pl.Int64).alias(field.name) for field in self.fields]
        return self.pairs.select(flags).row(0, named=True) if self.pairs is not None and flags else {}

    @property
    def height(self) -> int:
        """How many changes there are."""
        return sum(self.heights.values()) + sum(rows.height for rows in (self.first, self.last) if rows is not None)

    @property
    def others(self) -> pl.DataFrame:
        """The changes that are no pairs': all creates, all removals, and what belongs to them."""
        rows = [rows for rows in (self.first, self.last) if rows is not None]
        return pl.concat(rows, how="diagonal") if rows else self.lazy().clear().collect()

    def changed_in(self, *systems: System) -> list[pl.DataFrame]:
        """The two customers of each change in some systems, in frames; of a pair they are there once."""
        both, is_there = (CUSTOMER, RECORD_ID), pl.col("system").is_in(systems)
        some = [rows.filter(is_there).select(both) for rows in (self.first, self.last) if rows is not None]
        flags = [is_changed(field) for field in self.fields if field.system in systems]
        if self.pairs is not None and flags:
            some.append(self.pairs.lazy().filter(pl.any_horizontal(flags)).select(both).collect())
        return some

    def lazy(self) -> pl.LazyFrame:
        """The rows, `schemas.plan.Plan`; texts that are not asked for are not made."""
        first, last = ([] if rows is None else [rows.lazy()] for rows in (self.first, self.last))
        middle = [] if self.pairs is None else _edits(self.pairs.lazy())
        return _one_after_the_other([*first, *middle, *last])

    def parts(self, rows_apart: Callable[[pl.DataFrame], Iterable[Part]]) -> list[Part]:
        """The changes by system, field and action.

        Args:
            rows_apart: does the same of rows.
        """
        first, last = ([] if rows is None else rows_apart(rows) for rows in (self.first, self.last))
        return [*first, *self._parts(), *last]

    def _parts(self) -> Iterator[Part]:
        for field in self.fields:
            if self.pairs is not None and (height := self.heights[field.name]):
                pairs = self.pairs.lazy().filter(is_changed(field))
                made = partial(rows_of_pairs, field=field)
                yield Part(field.system, field.name, field.action, height, made(pairs), pairs, made)

    def where(self, wanted: pl.Expr) -> Self:
        """The changes of which something is true that is said of the two customers."""
        return self._of_each(lambda rows: rows.filter(wanted))

    def of(self, pairs: pl.DataFrame) -> Self:
        """The changes of some pairs of customers."""
        return self._of_each(lambda rows: rows.join(pairs, on=[CUSTOMER, RECORD_ID], how="semi", maintain_order="left"))

    def _of_each(self, how: Callable[[pl.DataFrame], pl.DataFrame]) -> Self:
        pairs, first, last = (None if rows is None else how(rows) for rows in (self.pairs, self.first, self.last))
        return replace(self, pairs=pairs, first=first, last=last)

    def without(self, systems: Iterable[str]) -> Self:
        """The changes that are of none of these systems."""
        gone = {*systems}
        is_left = ~pl.col("system").is_in(sorted(gone))
        flags = [pl.lit(value=False).alias(is_changed(field)) for field in self.fields if field.system in gone]
        return self._of_each(
            lambda rows: rows.filter(is_left) if "system" in rows.columns else rows.with_columns(flags)
        )

    def columns(self) -> tuple[str, ...]:
        """The columns that the file of the plan has."""
        rows = [columns_kept(rows) for rows in (self.first, self.last) if rows is not None]
        return (*PLAN_COLUMNS, *OF_CREATES) if any(len(each) > len(PLAN_COLUMNS) for each in rows) else PLAN_COLUMNS

    def slices(self) -> Iterator[Slice]:
        """The rows with these columns, a part at a time, so that they need never be in memory together."""
        columns = self.columns()
        if self.first is not None:
            yield Slice(_with_columns(self.first, columns))
        for field in self.fields if self.pairs is not None else ():
            yield from self._slices(field, columns)
        if self.last is not None:
            yield Slice(_with_columns(self.last, columns))

    def _slices(self, field: LinkField, columns: tuple[str, ...]) -> Iterator[Slice]:
        pairs = pl.DataFrame() if self.pairs is None else self.pairs
        for start in range(0, pairs.height, _ROWS_AT_ONCE):
            some = pairs.slice(start, _ROWS_AT_ONCE).lazy().filter(is_changed(field))
            are_empty = some.select(pl.col(field.name).count()).collect().item() == 0
            rows = rows_of_pairs(some, field, are_empty=are_empty).collect()
            if rows.height:
                # What a field held is quoted in the reason.
                held = () if are_empty else ("old_value", "reason")
                yield Slice(_with_columns(rows, columns), held if self._has_plain_ids else None)

    def beginnings(self) -> Iterator[pl.DataFrame]:
        """The texts in frames, for who looks at how they begin; those that begin with a word of ours are left out."""
        yield from (rows.select(pl.selectors.string()) for rows in (self.first, self.last) if rows is not None)
        for field in self.fields:
            if self.pairs is not None:
                held = self.pairs.lazy().filter(is_changed(field), pl.col(field.name).is_not_null())
                yield held.select(field.name).collect()
        if self.pairs is not None and not self._has_plain_ids:
            yield self.pairs.select(CUSTOMER)

    @cached_property
    def _has_plain_ids(self) -> bool:
        """Whether ids and rules, of which texts are made, are letters, digits and a few harmless signs alone."""
        if self.pairs is None:
            return True
        ids, evidence = self.pairs.get_column(CUSTOMER), self.pairs.get_column("evidence").unique()
        return are_plain(ids) and bool(evidence.str.contains(_PLAIN_WORDS).all())

    def packed(self) -> pl.DataFrame:
        """As one frame, to be kept."""
        sections = zip(_SECTIONS, (self.first, self.pairs, self.last), strict=True)
        there = [(name, rows) for name, rows in sections if rows is not None]
        if [name for name, _ in there] in (["first"], ["pairs"]):
            return there[0][1]
        kind = pl.Enum(_SECTIONS)
        return pl.concat(
            [rows.with_columns(pl.lit(name, kind).alias(_SECTION)) for name, rows in there], how="diagonal"
        )

    @classmethod
    def unpacked(cls, frame: pl.DataFrame) -> Self:
        """What was packed so; or was a plan's rows, as former versions kept them."""
        if _SECTION not in frame.columns:
            return cls(pairs=frame) if "change_id" not in frame.columns else cls(first=frame)
        first, pairs, last = (
            frame.filter(pl.col(_SECTION) == name).select(_of_section(frame, name)) for name in _SECTIONS
        )
        return cls(pairs, first, last)


def unpacked_rows(frame: pl.LazyFrame) -> pl.LazyFrame:
    """The rows of a plan that was packed, as `PairedPlan.lazy` gives them."""
    names = frame.collect_schema().names()
    if _SECTION not in names:
        return frame if "change_id" in names else _one_after_the_other(_edits(frame))
    first, pairs, last = (frame.filter(pl.col(_SECTION) == name) for name in _SECTIONS)
    rows = _of_section(frame, "first")
    return _one_after_the_other([first.select(rows), *_edits(pairs), last.select(rows)])


def _edits(pairs: pl.LazyFrame) -> list[pl.LazyFrame]:
    fields = _fields(pairs.collect_schema().names())
    return [rows_of_pairs(pairs.filter(is_changed(field)), field) for field in fields]


def _fields(columns: Iterable[str]) -> list[LinkField]:
    there = {*columns}
    return in_plan_order(field for field in LINK_FIELDS if is_changed(field) in there)


def _of_section(frame: pl.DataFrame | pl.LazyFrame, section: str) -> list[str]:
    names, of_rows = frame.collect_schema().names(), {*PLAN_COLUMNS, *OF_CREATES}
    if section != "pairs":
        return [name for name in names if name in of_rows]
    return [name for name in names if name in {CUSTOMER, RECORD_ID} or name not in {*of_rows, _SECTION}]


def _one_after_the_other(rows: list[pl.LazyFrame]) -> pl.LazyFrame:
    return rows[0] if len(rows) == 1 else pl.concat(rows, how="diagonal")


def _with_columns(rows: pl.DataFrame, columns: tuple[str, ...]) -> pl.DataFrame:
    lacking = [pl.lit(None, pl.String).alias(name) for name in columns if name not in rows.columns]
    return rows.with_columns(lacking).select(columns)
