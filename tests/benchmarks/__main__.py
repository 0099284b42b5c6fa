"""`python -m tests.benchmarks [name …]`: the table of all, or those named; what follows a lone `--` goes to each."""

import sys
from collections.abc import Callable, Sequence

from tests.benchmarks import (
    advice,
    exports,
    mapping,
    matching,
    memory,
    near_misses,
    netsuite_read,
    pace,
    stripe_read,
    summary,
    write_back,
)

BENCHMARKS: dict[str, Callable[[Sequence[str]], None]] = {
    "advice": advice.run,
    "exports": exports.run,
    "mapping": mapping.run,
    "matching": matching.run,
    "memory": memory.run,
    "near_misses": near_misses.run,
    "netsuite_read": netsuite_read.run,
    "pace": pace.run,
    "small": summary.small,
    "stripe_read": stripe_read.run,
    "summary": summary.run,
    "write_back": write_back.run,
}


def main(argv: Sequence[str]) -> None:
    at = argv.index("--") if "--" in argv else len(argv)
    unknown = set(argv[:at]) - set(BENCHMARKS)
    if unknown:
        sys.exit(f"No such benchmark: {', '.join(sorted(unknown))}. There are: {', '.join(BENCHMARKS)}.")
    for name in argv[:at] or ["summary"]:
        BENCHMARKS[name](argv[at + 1 :])


if __name__ == "__main__":
    main(sys.argv[1:])
