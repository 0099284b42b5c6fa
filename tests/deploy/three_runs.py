"""Starts the reconcile of each declaration at once, in an installation, and says how each ended."""

import json
import multiprocessing
import sys

import dagster as dg
from dagster._core.definitions.reconstruct import ReconstructableRepository

CODE = ReconstructableRepository.for_module("pipelines.definitions", "defs")


def ended(name: str) -> tuple[str, bool]:
    job = CODE.get_reconstructable_job(f"{name}_reconcile")
    with dg.DagsterInstance.get() as instance, dg.execute_job(job, instance=instance) as result:
        return result.run_id, result.success


if __name__ == "__main__":
    names = sys.argv[1:]
    CODE.get_definition()  # once, for all processes
    with dg.DagsterInstance.get(), multiprocessing.get_context("fork").Pool(len(names)) as pool:
        sys.stdout.write(json.dumps(dict(zip(names, pool.map(ended, names), strict=True))))
