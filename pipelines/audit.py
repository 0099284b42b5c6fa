"""`make audit`: all that is known of one plan in one archive: its bytes, requests, attempts, inputs.

The same plan with the same history gives the same archive, byte for byte. It holds customer data, so only its owner can
read it.
"""

import argparse
import io
import sys
import zipfile
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

import orjson
import polars as pl
from rich.console import Console
from rich.markup import escape

from assets.reconciliation import Reconciliation
from pipelines.kept_plans import opened, terminal
from pipelines.run import at_terminal
from resources.ledger import Journal, Requests
from resources.storage.atomic import private_folder, replaced
from resources.storage.folders import Folders
from resources.storage.kept_inputs import Making
from schemas.attempts import Entry
from schemas.errors import UserError
from schemas.words import shortened

_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)  # the first moment that an archive can name
_WHAT_IT_IS: Final = {
    "plan.csv": "the plan to the byte; its SHA-256 is its hash",
    "requests.csv": "who asked for it to be applied or undone, when, and which part of it",
    "attempts.csv": "every attempt at each change: what was wanted, what came of it, what was found instead",
    "inputs.json": "the hashes of what it was made from; `make replay` makes it again while those are kept",
}


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; 0 when the archive is there, 1 when a sentence says why not."""
    parser = argparse.ArgumentParser(prog="make audit", description=__doc__)
    parser.add_argument("name", help="the declaration")
    parser.add_argument("--plan", default="", help="the plan's hash, or its beginning")
    options = parser.parse_args(arguments)
    folders, (console, errors) = Folders.from_environment(), terminal()
    return at_terminal(errors, folders, lambda: _act(options, folders, console))


def _act(options: argparse.Namespace, folders: Folders, console: Console) -> int:
    sync = opened(options.name, folders)
    plan = plan_of(sync, options.plan)
    content = archive(files_of(sync, plan))
    path = _keep(folders.out / f"{sync.name}-audit-{shortened(plan)}.zip", content)
    console.print(f"{escape(str(path))} holds all that is known of plan {plan}.")
    console.print(
        f"Its SHA-256 is {sha256(content).hexdigest()}. It holds customer data: keep it as you keep the ledger."
    )
    return 0


def plan_of(sync: Reconciliation, start: str) -> str:
    """The one plan whose hash begins so.

    Raises:
        UserError: there is none, or several.
    """
    found = sync.plans.named(start) if start else []
    if len(found) != 1:
        many = f"{len(found)} plans begin" if start else "no plan is named, so none begins"
        raise UserError(f"Of {sync.name} {many} with {start!r}; give PLAN= the hash, or enough of it (make plans).")
    return found[0]


def files_of(sync: Reconciliation, plan: str) -> dict[str, bytes]:
    """What the archive of a plan holds.

    Raises:
        DamageError: the kept plan no longer is what its hash stands for.
    """
    sync.plans.read(plan)  # which looks at the hash
    with sync.ledger() as ledger:
        requests = Requests(ledger, sync.declared_accounts).of_plan(plan)
        attempts = Journal(ledger, sync.declared_accounts).attempts(plan)
    who = {request.run_id: request.who for request in requests}
    asked = [(each.at, each.direction, each.who, each.run_id, orjson.dumps(each.filters)) for each in requests]
    files = {
        "plan.csv": sync.plans.path(plan).read_bytes(),
        "requests.csv": _csv(asked, ("at", "direction", "who", "run", "part")),
        "attempts.csv": _csv([_row(each, who) for each in attempts], _ATTEMPT),
        "inputs.json": _inputs(sync, plan),
    }
    return {"README.txt": _read_me(sync, plan, files), **files}


def archive(files: Mapping[str, bytes]) -> bytes:
    """The files as one zip archive, which knows no time and no machine."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o600 << 16
            packed.writestr(entry, files[name])
    return buffer.getvalue()


_ATTEMPT: Final = (
    *("change_id", "attempt", "direction", "status", "found", "code", "error"),
    *("result_id", "intended_at", "settled_at", "run", "who"),
)


def _row(entry: Entry, who: Mapping[str, str | None]) -> tuple[object, ...]:
    tried, result = entry.attempt, entry.result
    return (
        *(tried.change.change_id, tried.number, tried.direction, entry.status, result.found, result.code, result.error),
        *(result.result_id, entry.intended_at, entry.settled_at, entry.run_id, who.get(entry.run_id)),
    )


def _csv(rows: Iterable[tuple[object, ...]], columns: tuple[str, ...]) -> bytes:
    texts = [tuple(None if cell is None else _text(cell) for cell in row) for row in rows]
    return pl.DataFrame(texts, schema=dict.fromkeys(columns, pl.String()), orient="row").write_csv().encode()


def _text(cell: object) -> str:
    return cell.decode() if isinstance(cell, bytes) else str(cell)


def _inputs(sync: Reconciliation, plan: str) -> bytes:
    makings = [_with_pictures(sync, making) for making in sync.kept_inputs.makings(plan)]
    return orjson.dumps(makings, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def _with_pictures(sync: Reconciliation, making: Making) -> dict[str, object]:
    pictures = {digest: sync.kept_inputs.picture(digest) for digest in (making.matching, making.planning)}
    shown = {digest: it if isinstance(it, str) else it.model_dump(mode="json") for digest, it in pictures.items()}
    return {**making.model_dump(mode="json"), "pictures": shown}


def _read_me(sync: Reconciliation, plan: str, files: Mapping[str, bytes]) -> bytes:
    lines = [f"Plan {plan} of the declaration {sync.name}, accounts {sync.accounts}.", ""]
    lines += [
        f"{name}: {_WHAT_IT_IS[name]}\n  SHA-256 {sha256(content).hexdigest()}" for name, content in files.items()
    ]
    return ("\n".join(lines) + "\n").encode()


def _keep(path: Path, content: bytes) -> Path:
    private_folder(path.parent)
    with replaced(path) as fresh:
        fresh.write_bytes(content)
    return path


if __name__ == "__main__":
    sys.exit(main())
