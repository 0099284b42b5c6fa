"""The world that plans are applied in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.assets.write_back.fakes import FakeWorld


@pytest.fixture
def world(tmp_path: Path) -> Iterator[FakeWorld]:
    made = FakeWorld(tmp_path)
    with made.ledger:
        yield made
