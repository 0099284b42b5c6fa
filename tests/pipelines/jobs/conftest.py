"""The world in which the jobs are started."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete

from resources.ledger.tables import DECISION
from tests.pipelines.api_world import Site, site
from tests.pipelines.checkpoint import Checkpoint
from tests.pipelines.jobs.deciding import reconciled
from tests.reconciling import Site as ReviewSite


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as made:
        yield made


@pytest.fixture(scope="package")
def once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReviewSite]:
    with reconciled(tmp_path_factory.mktemp("once")) as made:
        yield made


@pytest.fixture
def reviewed(once: ReviewSite) -> Iterator[ReviewSite]:
    """After one run from files, and before any decision; for tests that run nothing again."""
    yield once
    with once.sync.ledger() as ledger, ledger.engine.begin() as connection:
        connection.execute(delete(DECISION))


@pytest.fixture(scope="module")
def planned_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkpoint]:
    with site(tmp_path_factory.mktemp("planned") / "site") as made:
        made.plan()
        yield Checkpoint(made)


@pytest.fixture
def planned(planned_once: Checkpoint) -> Site:
    """The same, of which there is a plan already."""
    return planned_once.restored()
