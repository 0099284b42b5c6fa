"""`python -m tests.benchmarks [name …]`: every benchmark, or those named; what follows a lone `--` goes to each."""

import sys
from collections.abc import Callable, Sequence

from tests.benchmarks import matching

BENCHMARKS: dict[str, Callable[[Sequence[str]], None]] = {"matching": matching.run}


def main(argv: Sequence[str]) -> None:
    at = argv.index("--") if "--" in argv else len(argv)
    unknown = set(argv[:at]) - set(BENCHMARKS)
    if unknown:
        sys.exit(f"No such benchmark: {', '.join(sorted(unknown))}. There are: {', '.join(BENCHMARKS)}.")
    for name in argv[:at] or BENCHMARKS:
        BENCHMARKS[name](argv[at + 1 :])


if __name__ == "__main__":
    main(sys.argv[1:])
