"""Publishes the results of a second run again and again, each time killed one step later, and looks at what is shown.

A process of its own, because it forks for each kill. Arguments: a folder, and what is there before: `nothing`,
`results`, or the `folder` of an older version. Writes, as JSON: the number of kills, and
each set of runs that was seen together.
"""

import json
import os
import signal
import sys
from pathlib import Path

from resources.storage.generations import MANIFEST, MadeBy, read_manifest
from resources.storage.results import Results

NAMES = ("matches.csv", "plan.csv", "report.html")
_STEPS = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink"}


def publish(folder: Path, run: str) -> None:
    writers = {name: lambda path: path.write_text(run) for name in NAMES}
    Results(folder).publish(writers, MadeBy.now(run, f"plan of {run}"))


def before(folder: Path, what: str) -> None:
    if what == "results":
        publish(folder, "first")
        (folder / "notes.txt").write_text("mine")
    elif what == "folder":
        folder.mkdir()
        for name, text in {**dict.fromkeys((*NAMES, "outcomes.csv"), "first"), "notes.txt": "mine"}.items():
            (folder / name).write_text(text)


def killed_at(number: int, folder: Path) -> int:
    child = os.fork()
    if child == 0:
        left = number

        def step(name: str, given: tuple[object, ...]) -> None:
            nonlocal left
            if name in _STEPS and str(folder.parent) in str(given[0]):
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(step)
        publish(folder, "second")
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def seen(folder: Path) -> str:
    """The runs whose files are shown together; each file of ours is one that `run.json` names, with its run."""
    texts = {name: (folder / name).read_text() for name in NAMES if (folder / name).exists()}
    entries = read_manifest(folder)
    if entries:
        assert {name: entries[name]["run"] for name in NAMES} == texts
    return " ".join(sorted(set(texts.values()))) if texts.keys() in (set(), set(NAMES)) else f"a part: {texts.keys()}"


def main(scratch: str, what: str) -> None:
    shown: set[str] = set()
    for number in range(1, 1_000):
        folder = Path(scratch) / str(number) / "acme"
        folder.parent.mkdir()
        before(folder, what)
        code = killed_at(number, folder)
        shown.add(seen(folder))
        Results(folder).tidy()
        assert what == "nothing" or seen(folder), number
        if what == "folder":
            assert (folder / "outcomes.csv").read_text() == "first", number
        assert what == "nothing" or (folder / "notes.txt").read_text() == "mine", number
        publish(folder, "third")
        assert seen(folder) == "third"
        assert (folder / MANIFEST).exists()
        left = [path.name for path in (folder.parent / ".runs" / "acme").iterdir() if path.name.startswith(".")]
        assert not left
        assert sorted(path.name for path in folder.parent.iterdir()) == [".runs", "acme"], number
        if code == 0:
            break
    json.dump({"kills": number - 1, "seen": sorted(shown)}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
