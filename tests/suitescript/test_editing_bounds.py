"""A batch ends before the units or the time of its call do, and hands back what it did not begin."""

from sandbox.netsuite_standin import Options, World
from tests.suitescript.restlet import apply, link


def test_what_does_not_fit_into_the_units_is_handed_back() -> None:
    world = World()
    changes = [link(world.insert(), f"cus_{n}") for n in range(30)]
    answer = apply(world, *changes, options=Options(units=115 + 15 * 9))
    assert len(world.saves) == 10
    assert answer["remaining"] == list(range(11, 31))
    assert {o["id"] for o in answer["outcomes"]} == set(range(1, 11))


def test_what_does_not_fit_into_the_time_is_handed_back() -> None:
    world = World()
    changes = [link(world.insert(), f"cus_{n}") for n in range(100)]
    answer = apply(world, *changes, options=Options(operation_seconds=2))
    assert len(world.saves) + len(answer["remaining"]) == 100
    assert 45 <= len(world.saves) <= 55


def test_too_many_changes_are_refused_before_any_is_made() -> None:
    world = World()
    world.insert(7)
    answer = apply(world, *[link(7, "cus_1")] * 1001)
    assert answer["error"]["code"] == "WRONG_TYPE"
    assert world.saves == []
