"""How fast, and how cheaply, an account is read from Stripe, against the stand-in in a process of its own.

Two questions. Share: at one second for a page and 25 requests a second, which share of the cap (2,500 customers a
second) does each reader reach? Its CPU is that of the whole read, connections and the frame included, of the reader's
process alone; others on the machine can double it, as each page finds the caches theirs. Cost: with neither latency nor
limit, what do a million customers take in CPU and memory? Every reader runs in its own process, on the same account:
half of its customers were imported in one hour.

The peer is tap-stripe from the package registry, in a virtual environment that is made for the run and removed again.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.benchmarks.interpreters import OURS

READER = Path(__file__).with_name("stripe_readers.py")
TAP = "tap-stripe==3.3.0"


@dataclass(frozen=True)
class Measured:
    """What one reader did: customers, seconds, CPU seconds, and memory beyond its start, in MiB."""

    customers: int
    seconds: float
    cpu: float
    mib: float
    steady: float | None = None
    requests: int | None = None

    @property
    def cpu_a_million(self) -> float:
        return self.cpu / self.customers * 1e6

    @property
    def rate(self) -> float:
        return self.customers / self.seconds


def run(argv: Sequence[str]) -> None:
    """Measure and print both tables."""
    options = _parser().parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        tap = None if options.no_peer else _install_tap(Path(folder))
        _share(options, tap)
        _cost(options)


def _share(options: argparse.Namespace, tap: str | None) -> None:
    cap = options.rate * 100
    table = Table(
        "reader", "customers", "share of the cap", "in steady state", "requests beyond full pages", "CPU s / million"
    )
    with _stand_in(options.customers, options.latency, options.rate) as url:
        readers = {
            "tieout": _measure("tieout", url, options.customers, rate=options.rate),
            "stripe SDK, auto-paging": _measure("sdk", url, options.few, rate=options.rate),
        }
        if tap is not None:
            readers[f"{TAP}, best case"] = _measure("tap", url, options.few, rate=options.rate, python=tap)
        again = _measure("sdk", url, options.few, rate=options.rate)
    readers["stripe SDK, again"] = again
    for name, found in readers.items():
        beyond = "" if found.requests is None else f"{found.requests / (found.customers / 100) - 1:.1%}"
        steady = "" if found.steady is None else f"{found.steady / cap:.1%}"
        cpu = f"{found.cpu_a_million:.1f}"
        table.add_row(name, f"{found.customers:,}", f"{found.rate / cap:.1%}", steady, beyond, cpu)
    Console().print(f"Cap: {cap:,} customers/s ({options.rate} requests/s, {options.latency:g} s a page)", table)


def paced(customers: int) -> tuple[Measured, Measured]:
    """What it takes to read customers at the limit, a second for each page: us, and Stripe's own SDK."""
    options = _parser().parse_args([])
    with _stand_in(customers, options.latency, options.rate) as url:
        ours = _measure("tieout", url, customers, rate=options.rate)
        return ours, _measure("sdk", url, options.few, rate=options.rate)


def _cost(options: argparse.Namespace) -> None:
    table = Table("reader", "customers", "CPU s / million", "ratio", "MiB above start", "customers/s")
    with _stand_in(options.million, 0.0, 0) as url:
        ours = _measure("tieout", url, options.million, rate=1_000)
        readers = {
            "tieout": ours,
            "tieout, rows on disk": _measure("tieout-disk", url, options.million, rate=1_000),
            "raw_request of the SDK, one by one": _measure("raw", url, options.some, rate=0),
            "stripe SDK, auto-paging": _measure("sdk", url, options.some, rate=0),
        }
    base = ours.cpu / ours.customers
    for name, found in readers.items():
        each = found.cpu / found.customers
        table.add_row(
            name,
            f"{found.customers:,}",
            f"{each * 1e6:.1f}",
            f"{each / base:.1f}",
            f"{found.mib:.0f}",
            f"{found.rate:,.0f}",
        )
    Console().print("Cost, with neither latency nor limit", table)


def _measure(reader: str, url: str, customers: int, *, rate: int, python: str = OURS) -> Measured:
    command = [python, str(READER), reader, url, str(customers), str(rate)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{reader} failed: {done.stderr[-2_000:]}")
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


@contextmanager
def _stand_in(customers: int, latency: float, rate: int) -> Iterator[str]:
    command = [OURS, "-m", "sandbox.stripe_standin", "--generate", str(customers), "--port", "0"]
    command += ["--latency", str(latency), "--rate", str(rate)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().split()[2]
        finally:
            server.kill()


def _install_tap(folder: Path) -> str:
    subprocess.run([OURS, "-m", "venv", str(folder / "tap")], check=True)
    python = str(folder / "tap" / "bin" / "python")
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", TAP], check=True, capture_output=True
    )
    return python


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="stripe_read", description=__doc__)
    parser.add_argument("--customers", type=int, default=300_000, help="account for the share, read whole by tieout")
    parser.add_argument("--few", type=int, default=2_000, help="what the sequential readers read of it")
    parser.add_argument("--million", type=int, default=1_000_000, help="account for the cost, read whole by tieout")
    parser.add_argument("--some", type=int, default=30_000, help="what the SDK reads of it")
    parser.add_argument("--latency", type=float, default=1.0, help="seconds for a page")
    parser.add_argument("--rate", type=int, default=25, help="requests a second")
    parser.add_argument("--no-peer", action="store_true", help="do not install tap-stripe")
    return parser


if __name__ == "__main__":
    run(sys.argv[1:])
