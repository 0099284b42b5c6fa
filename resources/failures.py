"""How a person's mistake reaches Dagster's UI: as a failure with one sentence, wherever in a step it is noticed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import dagster as dg

from schemas.errors import TieoutError, WeatherError

KIND: Final = "kind"
"""Metadata of a failure: the class of the error, which says who has to act."""


@contextmanager
def failures_for_people() -> Iterator[None]:
    """Let one of our errors reach the UI as a `Failure` with its sentence; only weather is worth a retry."""
    try:
        yield
    except TieoutError as error:
        metadata = {KIND: type(error).__name__}
        raise dg.Failure(str(error), metadata=metadata, allow_retries=isinstance(error, WeatherError)) from None
