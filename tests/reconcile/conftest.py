"""Two exports and their declaration, in folders of a test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reconciling import (
    Site,
    declaration,
    site_at,
)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with site_at(tmp_path, declaration()) as site:
        yield site
