"""Whether steps go to workers, and how these are reached: one file, which code location and workers both read."""

import os
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import dagster as dg
from yaml import YAMLError

from resources.ledger import LEDGER_URL
from resources.ledger.leases import LEASE_SECONDS
from schemas.errors import UserError
from schemas.secrets import masked

SETTINGS: Final = "TIEOUT_CELERY"
"""Environment variable with the path of the settings, such as `deploy/celery.yaml`. Unset: no workers."""

BROKER_URL: Final = "TIEOUT_BROKER_URL"
"""Environment variable with the broker's URL, which the settings that we hand out name."""

EXECUTOR: Final = "celery"
"""The name of the executor that hands steps out."""

Settings = Mapping[str, Any]
"""What `dagster_celery`'s executor is configured with."""


def settings() -> Settings | None:
    """What the environment says of the workers; None where steps stay in the process of their run.

    Raises:
        UserError: the settings cannot be used, or what they take is not installed.
    """
    name = os.environ.get(SETTINGS)
    if not name:
        return None
    need_celery()
    if not os.environ.get(LEDGER_URL):
        raise UserError(
            f"{SETTINGS} is set, and {LEDGER_URL} is not: workers on several machines need a ledger that all of them "
            "share, which a SQLite file is not."
        )
    return _checked(Path(name))


def on_workers() -> Callable[[dg.OpExecutionContext], bool] | None:
    """What tells whether the steps of a run are done by workers; None where none ever are.

    `make run` and other commands do their steps themselves, also where there are workers.
    """
    return _is_on_workers if os.environ.get(SETTINGS) else None


def _is_on_workers(context: dg.OpExecutionContext) -> bool:
    return context.job_def.executor_def.name == EXECUTOR


def need_celery() -> None:
    """Say how to install what workers take, if it is missing.

    Raises:
        UserError: it is missing.
    """
    try:
        for module in ("dagster_celery", "redis"):
            import_module(module)
    except ModuleNotFoundError as error:
        raise UserError(
            f"{SETTINGS} is set, but {error.name} is not installed: run `make .venv/celery.ok` in the checkout, which "
            "installs what workers need, then start again."
        ) from None


def _checked(path: Path) -> Settings:
    """The settings in a file, with what they take from the environment in its place."""
    from dagster_celery.cli import get_validated_config  # noqa: PLC0415 (an extra)

    try:
        found = get_validated_config(str(path)) or {}
    except dg.DagsterInvalidConfigError as error:
        raise UserError(f"{path}: {masked(str(error.errors[0].message)).rstrip('.')}; correct it.") from None
    except (OSError, UnicodeError, AssertionError, AttributeError, YAMLError) as error:
        raise UserError(
            f"{SETTINGS} names {path}, which cannot be read as settings of workers ({type(error).__name__}): name a "
            "file like deploy/celery.yaml."
        ) from None
    if not found.get("broker") or not found.get("backend"):
        raise UserError(
            f"{path} names no broker that can be asked: set {BROKER_URL}, such as redis://host:6379/0, which "
            "`broker` and `backend` take from the environment in deploy/celery.yaml."
        )
    _check_limits(path, found)
    return found


def _check_limits(path: Path, found: Settings) -> None:
    """A step must not be handed out again before the ledger can tell whether its worker lives."""
    if handed_out_again_after(found) <= LEASE_SECONDS:
        raise UserError(
            f"{path}: broker_transport_options.visibility_timeout must be more than {LEASE_SECONDS:.0f} seconds, the "
            "lease by which the ledger knows who lives."
        )
    for name in ("task_acks_late", "task_reject_on_worker_lost"):
        if (found.get("config_source") or {}).get(name) is not True:
            raise UserError(f"{path}: config_source.{name} must be true, else a step is lost with its worker.")


def handed_out_again_after(found: Settings) -> float:
    """The seconds after which the broker hands out again what nobody has ended."""
    options = (found.get("config_source") or {}).get("broker_transport_options") or {}
    seconds = options.get("visibility_timeout", _CELERYS_OWN)
    return float(seconds) if isinstance(seconds, (int, float)) else 0.0


_CELERYS_OWN: Final = 3600
"""Seconds, where nothing is said."""
