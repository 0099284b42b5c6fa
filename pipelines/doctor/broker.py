"""The workers that do steps, where the installation has any: a run without one waits for ever, and says nothing."""

import os
from collections.abc import Iterator

from pipelines.doctor.finding import Finding
from pipelines.workers.broker import workers
from pipelines.workers.settings import settings
from resources.storage.bucket import STORAGE
from schemas.errors import TieoutError


def broker() -> Iterator[Finding]:
    """Whether the broker answers, and which workers there are; nothing where steps stay in the process of their run."""
    try:
        found = settings()
        if found is None:
            return
        there = workers(found)
    except TieoutError as error:
        yield Finding("todo", "workers", str(error))
        return
    if there:
        yield Finding("good", "workers", f"They answer at the broker: {', '.join(there)}.")
    else:
        said = (
            "None answers at the broker, and what the UI or a schedule starts waits for ever: start one (make worker)."
        )
        yield Finding("todo", "workers", said)
    if not os.environ.get(STORAGE):
        yield Finding(
            "note",
            "workers",
            f"{STORAGE} is not set: they and the code location must share the folders of state and of results.",
        )
