"""`make worker`: do steps that runs hand out through the broker, until it is stopped; what is under way is finished."""

import argparse
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from multiprocessing import get_context
from socket import gethostname
from typing import TYPE_CHECKING, Final

import dagster as dg
from rich.console import Console

from pipelines.home import prepare_home
from pipelines.run import at_terminal
from pipelines.workers.broker import app_of, workers
from pipelines.workers.once import once
from pipelines.workers.settings import SETTINGS, handed_out_again_after, settings
from resources.ledger import Holder, Ledger
from resources.storage.folders import Folders
from schemas.errors import TransientError, UserError

if TYPE_CHECKING:  # an extra
    from celery import Celery, Task

_OF_STEPS: Final = (
    *("pipelines.customer_sync", "pipelines.installed", "resources.netsuite_api", "resources.stripe_api"),
    "dagster_postgres",  # an extra, which all but a trial has
)
"""What the steps of any declaration load: here, so that no step's process, which is forked, need load it."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; 0 when it was stopped or answers, 1 when a sentence says why it could not begin."""
    parser = argparse.ArgumentParser(prog="make worker", description=__doc__)
    parser.add_argument("--name", default="tieout", help="its name, before the machine's")
    parser.add_argument("--steps", type=int, default=1, help="how many steps it does at once")
    parser.add_argument("--check", action="store_true", help="ask whether it answers on this machine, and stop")
    options = parser.parse_args(arguments)
    folders = Folders.from_environment()
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    return at_terminal(errors, folders, lambda: _work(options, folders))


def _work(options: argparse.Namespace, folders: Folders) -> int:
    prepare_home(folders, asks_store=False)
    if bucket := folders.bucket():
        with get_context("fork").Pool(1) as child:  # what asks it can fork no more
            child.apply(bucket.check)
    found = settings()
    if found is None:
        raise UserError(f"{SETTINGS} is not set: let it name the settings of workers, such as deploy/celery.yaml.")
    there = workers(found)  # says that the broker cannot be reached
    if options.check:
        return _checked(f"{options.name}@{gethostname()}", there)
    with Ledger.of(folders):  # says what is wrong with it
        pass
    app = app_of(found)
    register(app, folders, handed_out_again_after(found) / 2)
    said = (f"--hostname={options.name}@%h", f"--concurrency={options.steps}", "--pool=prefork", "--loglevel=INFO")
    app.worker_main(["worker", *said])
    return 0


def _checked(name: str, there: Sequence[str]) -> int:
    if name not in there:
        raise TransientError(f"The worker {name} does not answer at the broker: see its log, and start it again.")
    return 0


def register(app: "Celery", folders: Folders, look_again: float) -> None:
    """Let a Celery app do steps, each once.

    Args:
        app: which hands them out.
        folders: of the installation.
        look_again: seconds after which to look at a step again that somebody else does at this moment.
    """
    from celery import Celery  # noqa: PLC0415 (an extra)
    from dagster._core.instance import InstanceRef  # noqa: PLC0415
    from dagster._grpc.types import ExecuteStepArgs  # noqa: PLC0415
    from dagster._serdes import deserialize_value, serialize_value, unpack_value  # noqa: PLC0415
    from dagster_celery.config import TASK_EXECUTE_PLAN_NAME  # noqa: PLC0415
    from dagster_celery.tasks import create_task  # noqa: PLC0415
    from dagster_shared.serdes.serdes import JsonSerializableValue  # noqa: PLC0415

    for module in filter(find_spec, _OF_STEPS):
        import_module(module)

    dagsters = create_task(Celery("dagster", set_as_current=False)).run.__func__

    @app.task(bind=True, name=TASK_EXECUTE_PLAN_NAME, max_retries=None, resultrepr_maxsize=64)  # type: ignore[untyped-decorator] # Celery's
    def execute_plan(
        task: "Task", execute_step_args_packed: JsonSerializableValue, executable_dict: object
    ) -> list[str]:
        asked = unpack_value(execute_step_args_packed, as_type=ExecuteStepArgs)
        assert isinstance(asked.instance_ref, InstanceRef)
        [step] = asked.step_keys_to_execute or []
        signal.signal(signal.SIGINT, signal.default_int_handler)  # by which a step hears that its run was ended

        def do() -> list[dg.DagsterEvent]:
            try:
                told = dagsters(task, execute_step_args_packed, executable_dict)
            except (KeyboardInterrupt, dg.DagsterExecutionInterruptedError):  # nobody waits for what it would tell
                return []
            return [deserialize_value(event, dg.DagsterEvent) for event in told]

        with dg.DagsterInstance.from_ref(asked.instance_ref) as instance, Ledger.of(folders) as ledger:
            told = once(asked.run_id, step, ledger, instance, do)
        if isinstance(told, Holder):
            raise task.retry(countdown=look_again)
        return [serialize_value(event) for event in told]


if __name__ == "__main__":
    sys.exit(main())
