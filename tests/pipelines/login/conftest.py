"""What the tests of the login share: hashes of passwords that cost nothing."""

from collections.abc import Iterator
from functools import partial
from unittest.mock import patch

import pytest
from argon2 import PasswordHasher


@pytest.fixture(scope="module", autouse=True)
def _cheap_hashes() -> Iterator[None]:
    """Hashes as the file of people has them, and a thousandth of their cost."""
    cheap = partial(PasswordHasher, time_cost=1, memory_cost=8, parallelism=1)
    with patch("pipelines.login.people.PasswordHasher", cheap):
        yield
