"""Runs `make run` on one bad input after the other, in one process, as starting Python for each would take minutes.

It is started in a copy of the project. Reads from its input, as JSON: name of a case → file → its bytes as Latin-1, or
null where there is to be none. Writes, as JSON: name of a case → exit code, output, error output, digests of results.
"""

import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from hashlib import sha256
from io import StringIO
from pathlib import Path

from pipelines.run import main

RESULTS = Path("out/acme")
DECLARATION = "pipelines/defs/acme/defs.yaml"


def run(changes: dict[str, str | None]) -> dict[str, object]:
    before = {name: Path(name).read_bytes() for name in changes}
    if DECLARATION in changes:
        sys.modules.pop("pipelines.definitions", None)
    try:
        for name, text in changes.items():
            _put(Path(name), None if text is None else text.encode("latin-1"))
        output, errors = StringIO(), StringIO()
        with redirect_stdout(output), redirect_stderr(errors):
            code = main(["acme"])
    finally:
        for name, content in before.items():
            _put(Path(name), content)
        if DECLARATION in changes:  # it is read while this module is imported
            sys.modules.pop("pipelines.definitions", None)
    digests = {path.name: sha256(path.read_bytes()).hexdigest() for path in RESULTS.iterdir()}
    return {"code": code, "output": output.getvalue(), "errors": errors.getvalue(), "results": digests}


def _put(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)


if __name__ == "__main__":
    found = {name: run(changes) for name, changes in json.load(sys.stdin).items()}
    json.dump(found, sys.stdout)
