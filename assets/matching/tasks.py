"""Matching as tasks that machines share: the keys of a block of rows, and what rules find in a bucket of keys.

Each task writes files under names that say what is in them, all at once, so that one that is done twice writes the same
twice. Blocks part the rows of both sides, buckets the keys by their hash (`buckets`). What is in memory is as much as
when one machine does all: some rows while keys are made, then one bucket of both sides. They know no Dagster; who asks
them is `task_graph`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, get_args

import polars as pl

from assets.matching.answers import Answer, Answers, answer
from assets.matching.buckets import Keyed, eligible_among, keyed_sides
from assets.matching.comparison import Comparison
from assets.matching.match_rule import Found, MatchRule
from assets.matching.need import Need
from assets.matching.parted import ROWS_AT_ONCE, Buckets
from assets.matching.settings import MatchSettings
from assets.matching.side_keys import side_keys
from assets.matching.task_files import BlockOf, TaskFiles, TaskPlan, this_machine

BLOCK_ROWS: Final = 8 * ROWS_AT_ONCE
"""Rows whose keys a task makes, or looks at: each task costs seconds of its own."""
_COMPARISON: Final = Comparison()


@dataclass(frozen=True)
class Block:
    """Some rows of a side, as a task makes keys of them."""

    of: BlockOf
    number: int

    @property
    def name(self) -> str:
        """By which it is handed out.

        >>> Block.named(Block("records", 3).name)
        Block(of='records', number=3)
        """
        return f"{self.of}_{self.number}"

    @classmethod
    def named(cls, name: str) -> "Block":
        """The block of a name."""
        of, _, number = name.rpartition("_")
        [found] = [each for each in get_args(BlockOf) if each == of]
        return cls(found, int(number))

    def rows(self, frame: pl.LazyFrame, settings: MatchSettings) -> pl.LazyFrame:
        """What it is of a side's whole frame: customers with their `position`, or records that rules may find."""
        first = self.number * BLOCK_ROWS
        part = frame.slice(first, BLOCK_ROWS)
        if self.of == "customers":
            return part.with_row_index("position", offset=first)
        return eligible_among(part, settings)


def blocks_of(rows: Mapping[BlockOf, int]) -> list[Block]:
    """All blocks of so many rows of each side, and one of a side without rows."""
    return [Block(of, number) for of, count in rows.items() for number in range(max(-(-count // BLOCK_ROWS), 1))]


def runs_of_buckets(rows: Mapping[BlockOf, int], count: int) -> list[range]:
    """The buckets that each task looks at, one after the other.

    >>> runs_of_buckets({"customers": 12_000_000, "records": 12_000_000}, 7)
    [range(0, 2), range(2, 4), range(4, 7)]
    """
    runs = min(max(-(-sum(rows.values()) // BLOCK_ROWS), 1), count)
    return [range(count * at // runs, count * (at + 1) // runs) for at in range(runs)]


def make_keys(files: TaskFiles, block: Block, frame: pl.LazyFrame, settings: MatchSettings, count: int) -> None:
    """Make the keys of a block for all rules, and write them parted into so many buckets."""
    rows, wanted = block.rows(frame, settings), _keyed_of(block.of, settings.rules, count)
    names = [_of_keys(keyed, number, block) for keyed in wanted for number in range(keyed.count)]
    with files.storage.room() as room, files.written(names) as paths:
        free = iter(paths)
        for keyed in wanted:
            made = keyed.parted(rows, _COMPARISON, settings.no_key, Buckets(room / keyed.name, keyed.count))
            for part in made.parts:
                part.sink_ipc(next(free), compression="lz4")
            made.remove()


def find_in_buckets(files: TaskFiles, numbers: range, plan: TaskPlan, settings: MatchSettings) -> bool:
    """Write what each rule finds by the keys of these buckets; false where some keys are not there."""
    blocks = blocks_of(plan.rows)
    return all(_find_in(files, number, blocks, settings, plan.count) for number in numbers)


def _find_in(files: TaskFiles, number: int, blocks: Sequence[Block], settings: MatchSettings, count: int) -> bool:
    wanted = _rules_in(number, settings.rules, count)
    asked = {
        _of_keys(keyed, number, block)
        for _, _, sides in wanted
        for keyed in sides
        for block in blocks
        if block.of == _of(keyed)
    }
    if (there := files.read(asked)) is None:
        return False
    with files.written([name for at, _, _ in wanted for name in _of_answer(at, number)]) as paths:
        free = iter(paths)
        for _, rule, sides in wanted:
            ours, theirs = (_keys(there, keyed, number, blocks) for keyed in sides)
            for frame in _frames(answer(rule, ours, theirs, settings.shared_key)):
                frame.write_ipc(next(free), compression="lz4")
    return True


@dataclass(frozen=True)
class FoundByTasks:
    """What rules have found in all buckets (`answers.FoundElsewhere`)."""

    settings: MatchSettings
    need: Need
    count: int
    files: Mapping[str, Path]

    def answers(self, customers: pl.LazyFrame) -> Iterator[Answers]:
        """See `answers.FoundElsewhere`."""
        for at, (rule, (ours, _)) in enumerate(_with_keyed(self.settings.rules, self.count)):
            parts = (self._answer(at, number) for number in range(ours.count))
            yield Answers(parts, partial(_keys_of_few, customers, rule))

    def _answer(self, at: int, number: int) -> Answer:
        frames = [pl.read_ipc(self.files[name]) for name in _of_answer(at, number)]
        single, shared, groups, crowds = frames
        return Answer(Found(single, shared, groups), crowds)


def found_by_tasks(files: TaskFiles, key: str | None, settings: MatchSettings) -> FoundByTasks | None:
    """What the tasks of a step have found; None where there were none, or any looked at something else.

    Args:
        files: of the tasks.
        key: of the step, as it is now.
        settings: what the declaration says.
    """
    plan = files.plan
    if plan is None or plan.key != key or plan.machine != this_machine():
        return None
    sides = enumerate(keyed_sides(settings.rules, plan.count))
    names = [name for at, (ours, _) in sides for number in range(ours.count) for name in _of_answer(at, number)]
    there = files.read(names)
    return None if there is None else FoundByTasks(settings, Need(**plan.need), plan.count, there)


def _keys_of_few(customers: pl.LazyFrame, rule: MatchRule, rows: pl.LazyFrame) -> pl.LazyFrame:
    few = customers.join(rows, on="position", how="semi")
    return side_keys(few, rule.stripe_side, pl.col("position"), _COMPARISON).lazy()


def _with_keyed(rules: Sequence[MatchRule], count: int) -> Iterator[tuple[MatchRule, tuple[Keyed, Keyed]]]:
    return zip(rules, keyed_sides(rules, count), strict=True)


def _rules_in(number: int, rules: Sequence[MatchRule], count: int) -> list[tuple[int, MatchRule, tuple[Keyed, Keyed]]]:
    """The rules that have keys in a bucket: one whose keys are in one piece has them in the first."""
    every = enumerate(_with_keyed(rules, count))
    return [(at, rule, sides) for at, (rule, sides) in every if number < sides[0].count]


def _keyed_of(of: BlockOf, rules: Sequence[MatchRule], count: int) -> list[Keyed]:
    return list(dict.fromkeys(keyed for sides in keyed_sides(rules, count) for keyed in sides if _of(keyed) == of))


def _of(keyed: Keyed) -> BlockOf:
    return "customers" if keyed.is_of_customers else "records"


def _keys(there: Mapping[str, Path], keyed: Keyed, number: int, blocks: Sequence[Block]) -> pl.DataFrame:
    names = [_of_keys(keyed, number, block) for block in blocks if block.of == _of(keyed)]
    parts = [there[name] for name in names]
    return pl.scan_ipc(parts, hive_partitioning=False, glob=False).collect(engine="streaming").rechunk()


def _of_keys(keyed: Keyed, number: int, block: Block) -> str:
    return f"keys.{keyed.name.replace(' ', '_')}.{number}.{block.number}.ipc"


def _of_answer(at: int, number: int) -> list[str]:
    return [f"found.{at}.{number}.{what}.ipc" for what in ("single", "shared", "groups", "crowds")]


def _frames(found: Answer) -> tuple[pl.DataFrame, ...]:
    return found.found.single, found.found.shared, found.found.groups, found.crowds
