"""The world in which the jobs are started."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pipelines.api_world import Site, site


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as made:
        yield made
