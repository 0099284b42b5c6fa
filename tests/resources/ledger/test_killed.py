"""A ledger is made, and brought to its newest form, whole or not at all: whoever is killed leaves one that opens."""

import json
import multiprocessing
import subprocess
import sys
from pathlib import Path

import pytest

from resources.ledger import Journal, Ledger
from tests.reconciling import CHECKOUT
from tests.resources.ledger.ledgers import ACME, BACKENDS, ledger_url, open_at_once

DRIVER = ("-m", "tests.resources.ledger.killed_ledger")


@pytest.mark.rule("W9")
@pytest.mark.parametrize("form", ["", "0001"], ids=["made", "upgraded"])
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_ledger_whose_maker_is_killed_at_any_step_opens_and_has_lost_nothing(
    backend: str, form: str, tmp_path: Path
) -> None:
    given = (str(tmp_path), ledger_url(backend, Path("{}")), form)
    ended = subprocess.run([sys.executable, *DRIVER, *given], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    assert found["ends"] == [-9, 0]
    assert found["kills"] > 10


@pytest.mark.parametrize("backend", BACKENDS)
def test_processes_that_make_it_at_once_share_one(backend: str, tmp_path: Path) -> None:
    url, context = ledger_url(backend, tmp_path), multiprocessing.get_context("spawn")
    start, done = context.Barrier(3), context.Queue()
    makers = [context.Process(target=open_at_once, args=(url, tmp_path, n, start, done)) for n in (1, 2, 3)]
    for maker in makers:
        maker.start()
    assert {done.get(timeout=120) for _ in makers} == {1, 2, 3}
    for maker in makers:
        maker.join()
    with Ledger.open(url, tmp_path) as opened:
        assert len(Journal(opened, ACME).unsettled()) == 3
