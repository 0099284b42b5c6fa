"""A process that publishes results and frames in an object store, one file each time that it is told to.

Arguments: its name, a folder for copies, how many times, and, where it is to be killed, before what: `put`, or the key
of an object that it swaps.
"""

import os
import signal
import sys
from functools import partial
from pathlib import Path

from resources.storage.address import bucket_of
from resources.storage.bucket import STORAGE, Bucket
from resources.storage.generations import MadeBy
from resources.storage.object_store import ObjectStorage
from resources.storage.result_objects import ResultObjects


def main(name: str, copies: str, times: str, killed_before: str) -> None:
    bucket = bucket_of(os.environ[STORAGE])
    if killed_before:
        _kill_before(killed_before)
    results = ResultObjects("acme", bucket.below("results", "acme"), Path(copies) / "results")
    storage = ObjectStorage(bucket.below("frames", "acme"), Path(copies) / "frames")
    for number in range(int(times)):
        files = {f"{name}.csv": partial(_write, f"{name} {number}"), f"{number}.txt": partial(_write, name)}
        results.publish(files, MadeBy.now(name, f"plan of {name}"))
        with storage.replaced([f"{name}.parquet", f"{number}.parquet"]) as fresh:
            for path in fresh:
                path.write_text(f"{name} {number}")


def _write(text: str, path: Path) -> None:
    path.write_text(text)


def _kill_before(moment: str) -> None:
    """Die as by the kernel's hand, before files go up for the first time, or before an object is swapped."""
    method = "put" if moment == "put" else "swap"
    asked = getattr(Bucket, method)

    def killed(bucket: Bucket, *given: object) -> object:
        if moment == "put" or given[0] == moment:
            os.kill(os.getpid(), signal.SIGKILL)
        return asked(bucket, *given)

    setattr(Bucket, method, killed)


if __name__ == "__main__":
    main(*sys.argv[1:])
