"""A running stand-in for the tests that share one."""

from collections.abc import Iterator

import pytest

from tests.resources.stripe_api.stripe_world import Stage, stage


@pytest.fixture
def at() -> Iterator[Stage]:
    with stage() as running:
        yield running
