"""A ledger on each kind of database, and a journal in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from resources.ledger import Journal, Ledger
from tests.resources.ledger.ledgers import ACME, BACKENDS, ledger


@pytest.fixture(params=BACKENDS)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    with ledger(request.param, tmp_path) as it:
        yield it


@pytest.fixture
def journal(opened: Ledger) -> Journal:
    return Journal(opened, ACME)
