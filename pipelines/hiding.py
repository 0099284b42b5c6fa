"""Keeping what came from the environment out of logs and traces, whoever writes them, in every process of ours.

The errors and representations of our own hide it by themselves (`schemas/secrets.py`). Here it is taken out of what
others say: a log record is masked when it is made, before any handler sees it, and a trace on its way to the terminal.
"""

import logging
import os
import sys
import threading
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Final

from pipelines.workers.settings import BROKER_URL
from resources.ledger import LEDGER_URL
from resources.storage.address import SECRETS
from schemas.secrets import masked, remember, remember_url

_URLS: Final = (LEDGER_URL, "DAGSTER_POSTGRES_URL", BROKER_URL)
_Factory = Callable[..., logging.LogRecord]


def hide_secrets() -> None:
    """Mask logs and traces of this process from now on; once is enough, and more do no harm."""
    for name in _URLS:
        remember_url(name, os.environ.get(name, ""))
    for name in SECRETS:
        remember(name, os.environ.get(name, ""))
    if not isinstance(logging.getLogRecordFactory(), _Masking):
        logging.setLogRecordFactory(_Masking(logging.getLogRecordFactory()))
        sys.excepthook = _print_masked
        threading.excepthook = _print_of_thread


class _Masking:
    """Makes log records without secrets. One that has none stays as it is, as some handlers read its arguments."""

    def __init__(self, make: _Factory) -> None:
        self._make = make

    def __call__(self, *arguments: object, **named: object) -> logging.LogRecord:
        record = self._make(*arguments, **named)
        said = _message(record)
        if masked(said) != said:
            record.msg, record.args = masked(said), ()
        if record.exc_info and record.exc_info[0]:
            trace = "".join(traceback.format_exception(*record.exc_info)).rstrip("\n")
            if masked(trace) != trace:
                record.exc_text = masked(trace)
                record.exc_info = None
        return record


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):  # a wrong format, of which `logging` itself complains
        return str(record.msg)


def _print_of_thread(met: threading.ExceptHookArgs) -> None:
    if met.exc_value is not None:
        _print_masked(met.exc_type, met.exc_value, met.exc_traceback)


def _print_masked(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        sys.stderr.write(masked("".join(traceback.format_exception(kind, error, trace))))
