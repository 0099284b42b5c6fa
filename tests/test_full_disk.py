"""A disk that takes no more gives one sentence, and leaves what was there; found out before a system is written.

The disk is a limit of the kernel's on the size of a file, which every writer of the process meets as an error.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.installed import install, run_python
from tests.pipelines.api_world import NAME, sentences
from tests.pipelines.api_world import site as api_site
from tests.reconciling import CHECKOUT, NETSUITE, STRIPE
from tests.test_bad_input import DECLARED, DEFS

LIMITED = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))
"""
WRITERS = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
import polars as pl
from resources.storage.frames import FrameStore
from resources.storage.local import LocalStorage
from resources.storage.plans import PlanStore
from resources.storage.generations import MadeBy
from resources.storage.results import Results
from schemas.errors import UserError
from schemas.plan import PLAN_COLUMNS

folder = Path(sys.argv[1])

def frame(rows):
    text = pl.Series("id", [f"{{hash(str(n)):x}}" for n in range(rows)])
    return pl.DataFrame({{"id": text, "created": [datetime(2024, 6, 1, tzinfo=UTC)] * rows}})

def publish(rows):
    Results(folder / "out" / "acme").publish({{"matches.csv": frame(rows).write_csv}}, MadeBy.now("run", "plan"))

def keep(rows):
    columns = {{name: pl.lit("x") for name in PLAN_COLUMNS}} | {{"netsuite_internal_id": pl.lit(7)}}
    PlanStore(LocalStorage(folder / "plans")).keep(frame(rows).select(**columns | {{"change_id": pl.col("id")}}))

store = FrameStore(LocalStorage(folder / "frames"))
writers = {{
    "frame": lambda rows: store.write("matches", frame(rows)),
    "months": lambda rows: store.write_months("customers", frame(rows), ["2024-06-01"]),
    "plan": keep,
    "results": publish,
    "room": lambda rows: Results(folder / "out" / "acme").check_room(rows * 100),
}}
for write in writers.values():
    write(2)
before = {{str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}}
{limited}
said = {{}}
for name, write in writers.items():
    try:
        write(20_000)
    except UserError as error:
        said[name] = str(error)
after = {{str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}}
json.dump({{"said": said, "same": before == after}}, sys.stdout)
"""


def test_every_writer_says_so_and_leaves_what_was_there(tmp_path: Path) -> None:
    code = WRITERS.format(limited=LIMITED.format(size=50_000))
    ended = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    rest = (
        "cannot be written (file too large): see that its disk has room, and that this user may write there, then "
        "start again. What was there before is still there."
    )
    assert found["said"] == {
        "frame": f"{tmp_path}/frames {rest}",
        "months": f"{tmp_path}/frames {rest}",
        "plan": f"{tmp_path}/plans {rest}",
        "results": f"{tmp_path}/out/acme {rest}",
        "room": f"{tmp_path}/out/acme {rest}",
    }
    assert found["same"]


@pytest.mark.parametrize("size", [0, 150_000])
def test_make_run_on_a_full_disk_ends_in_one_sentence(size: int, tmp_path: Path) -> None:
    install(tmp_path, {"stripe.csv": STRIPE, "netsuite.csv": NETSUITE, DEFS: DECLARED})
    main = "from pipelines.run import main\nraise SystemExit(main(['acme']))"
    ended = run_python(tmp_path, "-c", LIMITED.format(size=size) + main)
    assert ended.returncode == 1
    [sentence] = ended.stderr.splitlines()
    assert sentence.startswith("✗ ")
    assert "Tieout itself" not in sentence


def blocked(place: Path) -> None:
    """A place in which no folder can be made, whoever one is."""
    place.parent.mkdir(exist_ok=True)
    place.write_text("in the way")


@pytest.mark.rule("X1")
@pytest.mark.parametrize("job", ["apply", "undo"])
def test_nothing_is_written_where_its_outcomes_could_not_be(job: str, tmp_path: Path) -> None:
    with api_site(tmp_path) as at:
        plan = at.reconcile()
        if job == "undo":
            assert at.apply(plan).success
        before, saves = at.links(), len(at.netsuite.saves)
        os.rename(tmp_path / "out" / ".runs", tmp_path / "out" / ".moved")  # noqa: PTH104 (the link dangles)
        blocked(tmp_path / "out" / ".runs")
        [sentence, *_] = sentences(at.apply(plan) if job == "apply" else at.undo(plan))
        assert sentence.startswith(f"{at.sync.folders.results(NAME)} cannot be written (")
        assert (at.links(), len(at.netsuite.saves)) == (before, saves)
        assert job == "undo" or at.approved() == set()
