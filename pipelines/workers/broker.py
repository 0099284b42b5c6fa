"""The broker, asked for its workers: where none answers, a run waits without a word."""

from typing import TYPE_CHECKING, Final

from pipelines.workers.settings import BROKER_URL, Settings
from schemas.errors import TransientError
from schemas.secrets import masked

if TYPE_CHECKING:  # an extra
    from celery import Celery

_PATIENCE: Final = 2.0
"""Seconds to wait for a connection, and for the workers to answer."""


def app_of(settings: Settings) -> "Celery":
    """Celery, as Dagster's executor uses it."""
    from dagster_celery.executor import CeleryExecutor  # noqa: PLC0415 (an extra)
    from dagster_celery.make_app import make_app  # noqa: PLC0415 (an extra)

    ours = {name: settings[name] for name in ("broker", "backend", "include", "config_source") if name in settings}
    app: Celery = make_app(CeleryExecutor.for_cli(**ours).app_args())
    return app


def workers(settings: Settings) -> list[str]:
    """The names of the workers that answer, also those that are busy.

    Raises:
        TransientError: the broker cannot be reached.
    """
    from kombu.exceptions import OperationalError  # noqa: PLC0415 (an extra)

    with app_of(settings) as app:
        try:
            with app.connection_for_write(connect_timeout=_PATIENCE) as connection:
                connection.ensure_connection(max_retries=1, interval_start=0, timeout=_PATIENCE)
                answers = app.control.ping(timeout=_PATIENCE, connection=connection) or []
        except (OperationalError, OSError) as error:
            raise TransientError(
                f"The broker {masked(str(settings['broker']))} cannot be reached ({type(error).__name__}): see that it "
                f"runs, and that {BROKER_URL} names it with its password, then start again."
            ) from None
    return sorted(name for answer in answers for name in answer)
