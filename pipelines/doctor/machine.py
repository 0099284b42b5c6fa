"""This machine: whether state and results can be written, how much room there is, and which form the ledger has."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

from pipelines.doctor.finding import Finding
from pipelines.into_store import kept_here
from resources.ledger import LEDGER_URL, Ledger
from resources.memory import Memory, memory_here
from resources.storage.address import encryption
from resources.storage.atomic import private_folder
from resources.storage.disk import disk_in_words
from resources.storage.folders import Folders
from schemas.declaration.memory import in_words
from schemas.errors import TieoutError
from schemas.words import many_do

_GIB: Final = 1 << 30
LEAST_FREE: Final = _GIB
"""A run of a million customers writes some hundred megabytes, several times."""


def storage(folders: Folders, least_free: int = LEAST_FREE) -> Iterator[Finding]:
    """Whether the folders of state and of results can be written, and have room."""
    for of, place in {"state": folders.home, "results": folders.out}.items():
        try:
            yield _of_folder(of, place, least_free)
        except TieoutError as error:
            yield Finding("todo", of, str(error))


def objects(folders: Folders, name: str) -> Iterator[Finding]:
    """Whether the object store, if the installation has one, does what is relied on; and what it has not."""
    try:
        bucket = folders.bucket()
        if bucket is None:
            return
        bucket.check()
    except TieoutError as error:
        yield Finding("todo", "object store", str(error))
        return
    yield Finding("good", "object store", f"{bucket.address} replaces an object on a condition; {encryption()}.")
    if not os.environ.get(LEDGER_URL):
        said = f"The ledger is a file of this machine, so that no other one may use that store; else set {LEDGER_URL}."
        yield Finding("note", "object store", said)
    if left := kept_here(folders, name):
        lie = many_do(left, "kept file", "lies", "lie")
        said = f"Of {name}, {lie} in {folders.home} from before: make into-store NAME={name}."
        yield Finding("todo", "object store", said)


def _of_folder(of: str, place: Path, least_free: int) -> Finding:
    with disk_in_words(place):
        with TemporaryFile(dir=private_folder(place)) as probe:
            probe.write(b"x")
        free = shutil.disk_usage(place).free
    room = f"{free / _GIB:,.1f} GiB free"
    if free < least_free:
        return Finding("todo", of, f"{place} has {room}: make room, {least_free / _GIB:,.0f} GiB at least.")
    if place.stat().st_mode & 0o077:
        return Finding("todo", of, f"{place} can be read by others, and holds customer data: chmod 700 {place}.")
    return Finding("good", of, f"{place} can be written, {room}.")


def memory(memory: Memory, there: int | None = None) -> Iterator[Finding]:
    """How much a run may take, and whether there is as much."""
    here = memory_here() if there is None else there
    if problem := memory.problem(here):
        yield Finding("note", "memory", problem)
    else:
        yield Finding("good", "memory", f"A run may take {in_words(memory.bound)} of {in_words(here)}.")


def ledger(folders: Folders) -> Iterator[Finding]:
    """Whether the ledger opens, where it is, and which form it has."""
    try:
        with Ledger.of(folders) as opened:
            yield Finding("good", "ledger", f"It opens: {opened.engine.dialect.name}, form {opened.form()}.")
    except TieoutError as error:
        yield Finding("todo", "ledger", str(error))
