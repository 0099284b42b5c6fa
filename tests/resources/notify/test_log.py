"""What is written to the log: a line for each event, a warning unless the run has succeeded."""

import logging

import pytest

from resources.notify.log import LogNotifier
from schemas.events import Occasion
from tests.resources.notify.events import event


@pytest.mark.parametrize(
    ("occasion", "level"), [("failure", logging.WARNING), ("brakes", logging.WARNING), ("success", logging.INFO)]
)
def test_each_event_is_a_line(occasion: Occasion, level: int, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "tieout.notify"):
        LogNotifier().notify([event(occasion)])
        LogNotifier("Nobody else is told.").notify([event(occasion)])
    said = event(occasion).sentence
    assert [(r.levelno, r.message) for r in caplog.records] == [(level, said), (level, f"{said} Nobody else is told.")]
