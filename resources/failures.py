"""How a person's mistake reaches Dagster's UI: as a failure with one sentence, wherever in a step it is noticed.

What nobody foresaw reaches it as it is, but for what came from the environment: its trace is kept in the event log.
"""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import dagster as dg

from schemas.errors import TieoutError, TransientError
from schemas.secrets import masked

KIND: Final = "kind"
"""Metadata of a failure: the class of the error, which says who has to act."""


@contextmanager
def failures_for_people() -> Iterator[None]:
    """Let one of our errors reach the UI as a `Failure` with its sentence; only what passes by itself is retried."""
    try:
        yield
    except TieoutError as error:
        metadata = {KIND: type(error).__name__}
        raise dg.Failure(str(error), metadata=metadata, allow_retries=isinstance(error, TransientError)) from None
    except Exception as error:
        said = "".join(traceback.format_exception(error))
        if masked(said) == said:
            raise
        raise _nameless(error) from None


def _nameless(error: Exception) -> Exception:
    """An error of the same name, from the same place, that shows nothing of the environment, nor what caused it."""
    kind = type(type(error).__name__, (RuntimeError,), {})
    hidden: Exception = kind(masked(str(error)))
    return hidden.with_traceback(error.__traceback__)
