"""The dead man's switch is asked once by GET, again when it may pass, and its address is in no line."""

import logging

import pytest

from resources.notify.alive import AliveSignal
from tests.resources.raw_server import Asked, Sent, raw_server


@pytest.mark.parametrize(("statuses", "asked", "arrived"), [([200], 1, True), ([503, 200], 2, True), ([404], 1, False)])
def test_it_arrives_or_is_a_line(
    statuses: list[int], asked: int, arrived: bool, caplog: pytest.LogCaptureFixture
) -> None:
    left = list(statuses)

    def answer(_: Asked) -> Sent:
        return Sent(status=left.pop(0))

    with raw_server(answer) as server, caplog.at_level(logging.WARNING):
        assert AliveSignal(url=f"{server.url}/ping/hush-hush", first_wait=0.01).send() is arrived
    assert [(each.method, each.target) for each in server.asked] == [("GET", "/ping/hush-hush")] * asked
    said = [record.getMessage() for record in caplog.records]
    expected = "The address of notify.alive_url answers HTTP 404; it will take the daily run for missing."
    assert said == ([] if arrived else [expected])
