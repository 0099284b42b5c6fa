"""Only one run may write for a declaration, and a killed one does not hold it up."""

import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from resources.ledger import Ledger
from schemas.errors import UserError


def test_only_one_may_write_for_a_declaration(opened: Ledger) -> None:
    with opened.alone("acme"):
        with pytest.raises(UserError, match="Another run is writing for acme"), opened.alone("acme"):
            pass
        with opened.alone("other"):
            pass
    with opened.alone("acme"):
        pass


def _hold(url: str, folder: Path, ready: object) -> None:
    with Ledger.open(url, folder) as held, held.alone("acme"):
        ready.send(os.getpid())  # type: ignore[attr-defined]
        signal.pause()


@pytest.mark.rule("W9")
def test_the_right_to_write_ends_with_a_killed_process(opened: Ledger) -> None:
    ours, theirs = multiprocessing.Pipe()
    url = opened.engine.url.render_as_string(hide_password=False)
    holder = multiprocessing.get_context("spawn").Process(target=_hold, args=(url, opened.folder, theirs), daemon=True)
    holder.start()
    pid = ours.recv()
    with pytest.raises(UserError, match="Another run"), opened.alone("acme"):
        pass
    os.kill(pid, signal.SIGKILL)
    holder.join()
    with opened.alone("acme"):
        pass
