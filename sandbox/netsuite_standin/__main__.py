"""Serves the customers of an export file as a NetSuite account: `python -m sandbox.netsuite_standin FILE`.

It prints the environment that a client needs, and runs until it is interrupted. The key is made anew every time.
"""

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from sandbox.netsuite_standin.export import serve_export
from sandbox.netsuite_standin.options import Options


def main(argv: Sequence[str]) -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.netsuite_standin", description=__doc__)
    parser.add_argument("export", type=Path, help="a CSV export of the saved search")
    parser.add_argument("--port", type=int, default=0, help="a free one if left out")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds that every call takes")
    given = parser.parse_args(argv)
    server, environment = serve_export(given.export, given.port, Options(latency=given.latency))
    for name, value in environment.items():
        print(f"export {name}={shlex.quote(value)}", flush=True)  # noqa: T201  this is what it is for
    server.serve_until_stopped()


if __name__ == "__main__":
    main(sys.argv[1:])
