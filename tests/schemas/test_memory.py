"""A bound on memory is a size with its unit; anything else is refused in a sentence."""

import pytest
from pydantic import ValidationError

from schemas.declaration.kept import kept_of, without_logins
from schemas.declaration.memory import bytes_of
from tests.reconciling import declaration


@pytest.mark.parametrize(
    ("size", "count"),
    [("4GB", 4 * 10**9), ("800 MB", 8 * 10**8), ("1.5gib", 3 << 29), (" 2TB ", 2 * 10**12), ("0.6GB", 6 * 10**8)],
)
def test_a_size_is_bytes(size: str, count: int) -> None:
    assert bytes_of(size) == count
    assert declaration(memory=size).memory == size


@pytest.mark.parametrize(
    ("size", "said"),
    [
        ("4 gigs", "expected a size with its unit, such as 4GB or 800MB, found '4 gigs'"),
        ("0", "expected a size with its unit, such as 4GB or 800MB, found '0'"),
        ("4", "expected a size with its unit, such as 4GB or 800MB, found '4'"),
        ("-4GB", "expected a size with its unit, such as 4GB or 800MB, found '-4GB'"),
        ("0GB", "expected 512 MB at least, found '0GB': less holds no run"),
        ("100MB", "expected 512 MB at least, found '100MB': less holds no run"),
    ],
)
def test_what_is_no_size_is_refused(size: str, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        declaration(memory=size)
    assert [error["msg"] for error in refused.value.errors()] == [said]


def test_it_changes_no_result_so_that_steps_and_plans_do_not_know_it() -> None:
    bounded, free = declaration(memory="4GB"), declaration()
    assert without_logins(bounded) == without_logins(free)
    assert kept_of(bounded) == kept_of(free)
