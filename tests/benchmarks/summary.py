"""One table of all that is measured: the work, its floor, ours, the ratio, the goal, and the peers that are installed.

`make bench` prints it at full size, `make bench ARGS=small` at one that takes two minutes on a quiet machine. Times are
CPU seconds, which others on the machine disturb least; every contender is a process of its own, and they take turns.
`make bench ARGS=matching`, say, shows one benchmark with all of its figures.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.util import find_spec
from statistics import median
from typing import Final

from rich.console import Console
from rich.table import Table

from tests.benchmarks import exports, mapping, matching, netsuite_read, pace, stripe_read


@dataclass(frozen=True)
class Size:
    """How much is done for each line."""

    exports: int
    matching: int
    mapping: int
    stripe: int
    netsuite: int
    pace: pace.Work
    rounds: int


FEW_WRITES: Final = pace.Work(edited=500, made=300, made_in_stripe=250, linked_in_stripe=250)
FULL: Final = Size(1_000_000, 2_000_000, 1_000_000, 300_000, 60_000, pace.Work(), rounds=3)
SMALL: Final = Size(200_000, 500_000, 200_000, 40_000, 20_000, FEW_WRITES, rounds=1)


@dataclass(frozen=True)
class Line:
    """One line of the table; what there is nothing to say of is empty."""

    work: str
    floor: str
    ours: str
    ratio: str
    goal: str
    peers: str = ""


GOAL: Final = "≥ 95%"
STRIPE_CAP: Final = pace.RATE * 100
"""Customers a second: its limit on requests, a hundred to a page."""
WRITES: Final = ("edit", "make", "make-in-stripe", "link-in-stripe")
COLUMNS: Final = ("work", "floor", "ours", "ratio", "goal", "peers")


def run(argv: Sequence[str], size: Size = FULL) -> None:
    """Measure and print, on the terminal as a table, or as Markdown for a page."""
    parser = ArgumentParser(prog="summary")
    parser.add_argument("--rounds", type=int, default=size.rounds, help="how often each is measured")
    parser.add_argument("--markdown", action="store_true", help="as it stands in the README")
    given = parser.parse_args(argv)
    lines = [line for lines_of in PARTS for line in lines_of(replace(size, rounds=given.rounds))]
    if given.markdown:
        Console(soft_wrap=True, highlight=False).print(*markdown(lines), sep="\n", markup=False)
        return
    table = Table(title="what it costs, and what it could cost at the least", title_justify="left")
    for column in COLUMNS:
        table.add_column(column, justify="left" if column in {"work", "peers"} else "right")
    for line in lines:
        table.add_row(*_cells(line))
    Console().print(table)


def markdown(lines: Sequence[Line]) -> Iterator[str]:
    """The table as it stands in the README."""
    yield f"| {' | '.join(COLUMNS)} |"
    yield "| --- | ---: | ---: | ---: | ---: | --- |"
    for line in lines:
        yield f"| {' | '.join(_cells(line))} |"


def _cells(line: Line) -> list[str]:
    return [str(getattr(line, column)) for column in COLUMNS]


def _of_exports(size: Size) -> Iterator[Line]:
    rounds = exports.measured(size.exports, size.rounds)

    def middle(contender: str, figure: str) -> float:
        return median(taken[contender]["process"][figure] for taken in rounds)

    many, few = _millions(size.exports), exports.FEW
    floor, ours, again = (middle(name, "cpu") for name in ("floor", "ours", "again"))
    yield Line(f"exports run, {many} a side", _s(floor), _s(ours), _x(ours, floor), "≤ 4")
    floor, peak = middle("floor", "peak"), middle("ours", "peak")
    yield Line("the same, memory at the peak", f"{floor:.2f} GB", f"{peak:.2f} GB", _x(peak, floor), "≤ 1.6")
    yield Line("the same again, nothing changed", _s(ours), _s(again), f"{again / ours:.2f}", "≤ 0.3")
    yield Line(f"a run of {few} rows", "", _s(middle("few", "cpu")), "", "≤ 4 s")


def _of_matching(size: Size) -> Iterator[Line]:
    peers = [name for name in ("duckdb", "splink") if find_spec(name)]
    options = Namespace(contenders=["floor", "ours", "keys made", *peers], rounds=size.rounds)
    cpu = {cost.name: cost.cpu for cost in matching.costs_of(size.matching, "mixed", options)}
    said = ", ".join(f"{name} {_x(cpu[name], cpu['floor'])}" for name in peers)
    floor, work = cpu["floor"], f"matching, {_millions(size.matching)} a side"
    yield Line(work, _s(floor), _s(cpu["ours"]), _x(cpu["ours"], floor), "≤ 2.2", said)
    keyed = cpu["keys made"]
    yield Line("the same, keys made", _s(floor), _s(keyed), _x(keyed, floor), "≤ 1.3")


def _of_mapping(size: Size) -> Iterator[Line]:
    cpu = {work: found[1] for work, found in mapping.costs_of(size.mapping, size.rounds).items()}
    floor, ours = cpu["one pass"], cpu["ours"]
    yield Line(f"new records of {_millions(size.mapping)} customers", _s(floor), _s(ours), _x(ours, floor), "≤ 4")


def _of_services(size: Size) -> Iterator[Line]:
    ours, sdk = stripe_read.paced(size.stripe)
    share, sdks = ((found.steady or found.rate) / STRIPE_CAP for found in (ours, sdk))
    yield Line(f"reading {size.stripe:,} of Stripe", "its limit", f"{share:.0%}", "", GOAL, f"Stripe's SDK {sdks:.0%}")
    said = f"Stripe's SDK {_s(sdk.cpu_a_million)}"
    yield Line("the same, CPU a million", "", _s(ours.cpu_a_million), "", "≤ 15 s", said)
    share = median(netsuite_read.shares(size.netsuite, size.rounds))
    yield Line(f"reading {size.netsuite:,} of NetSuite", "its pool", f"{share:.0%}", "", GOAL)
    for found in pace.shares(size.pace, 1, WRITES):
        [one] = found
        limit = "its pool" if one.work.endswith("NetSuite") else "its limit"
        yield Line(one.work, limit, f"{one.share:.0%}", "", GOAL)


PARTS: Final[tuple[Callable[[Size], Iterator[Line]], ...]] = (_of_exports, _of_matching, _of_mapping, _of_services)

small: Final = partial(run, size=SMALL)
"""The same in two minutes."""


def _millions(rows: int) -> str:
    return f"{rows / 1e6:g} M"


def _s(seconds: float) -> str:
    return f"{seconds:.2f} s"


def _x(ours: float, floor: float) -> str:
    return f"{ours / floor:.1f}×"
