"""Starts jobs at once, in an installation, and says how each ended. Argument: job → what it is configured with."""

import json
import multiprocessing
import os
import sys

import dagster as dg
from dagster._core.definitions.reconstruct import ReconstructableRepository

CODE = ReconstructableRepository.for_module("pipelines.definitions", "defs")


def ended(job: str, config: dict[str, object]) -> tuple[str, bool]:
    made = CODE.get_reconstructable_job(job)
    with (
        dg.DagsterInstance.get() as instance,
        dg.execute_job(made, instance=instance, run_config=config) as result,
    ):
        return result.run_id, result.success


if __name__ == "__main__":
    jobs = json.loads(sys.argv[1])
    CODE.get_definition()  # once, for all processes
    with dg.DagsterInstance.get():
        pool = multiprocessing.get_context("fork").Pool(len(jobs))
        told = dict(zip(jobs, pool.starmap(ended, jobs.items()), strict=True))
    sys.stdout.write(json.dumps(told))
    sys.stdout.flush()
    for process in multiprocessing.active_children():
        process.kill()
    os._exit(0)  # a pool that is to end by itself may wait for ever
