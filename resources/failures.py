"""How a person's mistake reaches Dagster's UI: as a failure with one sentence, wherever in a step it is noticed.

What nobody foresaw reaches it as the kind of error that it is, with the lines of code that it went through, and without
its words, which may quote a customer: they are in a file of their own (`resources/traces.py`).
"""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import dagster as dg

from resources.traces import keep
from schemas.errors import TieoutError, TransientError
from schemas.secrets import masked

KIND: Final = "kind"
"""Metadata of a failure: the class of the error, which says who has to act."""


class _WordlessError(RuntimeError):
    """An error that nobody foresaw, after its words were taken from it."""


@contextmanager
def failures_for_people() -> Iterator[None]:
    """Let one of our errors reach the UI as a `Failure` with its sentence; only what passes by itself is retried."""
    try:
        yield
    except TieoutError as error:
        metadata = {KIND: type(error).__name__}
        raise dg.Failure(str(error), metadata=metadata, allow_retries=isinstance(error, TransientError)) from None
    except (dg.Failure, dg.RetryRequested, dg.DagsterError, _WordlessError) as error:
        said = "".join(traceback.format_exception(error))
        if masked(said) == said:
            raise
        raise _alike(error, masked(str(error))) from None
    except Exception as error:  # noqa: BLE001 (whatever a library says, it may quote a cell)
        path = keep(error)
        where = f"they are in {path}, which only its owner can read" if path else "they were kept nowhere"
        said = f"The words of this error are not shown here, as they may quote a customer; {where}."
        raise _alike(error, said) from None


def _alike(error: Exception, said: str) -> Exception:
    """An error of the same name, from the same place, that says this, and nothing of its causes."""
    kind = type(type(error).__name__, (_WordlessError,), {"__module__": type(error).__module__})
    told: Exception = kind(said)
    return told.with_traceback(error.__traceback__)
