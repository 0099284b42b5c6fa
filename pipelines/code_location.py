"""The code location as Dagster's UI knows it, so that runs of commands stand where those of the UI stand.

A run in this process has no origin: it is missing from the timeline, from its job's runs and its latest run. So it gets
the one that it would have if the UI had started it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

import dagster as dg
from dagster._core.remote_origin import GrpcServerCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin

LOCATION: Final = "tieout"
_REPOSITORY: Final = "__repository__"


@contextmanager
def located(instance: dg.DagsterInstance, job: str) -> Iterator[None]:
    """While the body runs, a run that this instance creates belongs to the job of the code location."""
    here = GrpcServerCodeLocationOrigin(host="localhost", location_name=LOCATION)  # no address: it is never asked
    origin = RemoteJobOrigin(repository_origin=RemoteRepositoryOrigin(here, _REPOSITORY), job_name=job)
    create = instance.create_run_for_job
    vars(instance)["create_run_for_job"] = partial(create, remote_job_origin=origin)
    try:
        yield
    finally:
        del vars(instance)["create_run_for_job"]
