"""A process that publishes results and frames in an object store, one file each time that it is told to.

Arguments: its name, a folder for copies, how many times, and, where it is to be killed, at which request to the store.
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


def main(name: str, copies: str, times: str, killed_at: str) -> None:
    bucket = bucket_of(os.environ[STORAGE])
    if int(killed_at):
        _kill_at(int(killed_at))
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


def _kill_at(number: int) -> None:
    """Die as by the kernel's hand, before some request to the store."""
    left = number
    for method in ("swap", "put", "read", "delete"):
        asked = getattr(Bucket, method)

        def counted(*given: object, asked: object = asked) -> object:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            assert callable(asked)
            return asked(*given)

        setattr(Bucket, method, counted)


if __name__ == "__main__":
    main(*sys.argv[1:])
