"""What changed, put in place of what was known, is what a full walk would bring."""

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from resources.stripe_api import Changes, FullReadNeeded, StripeConnection, merge_changes, read_changes, read_customers
from resources.stripe_api.reading.customer_columns import customers_schema
from sandbox.stripe_standin import ApiKey, Fault
from schemas.errors import AccessError, InternalError, TransientError
from tests.resources.stripe_api.stripe_world import KEYS, START, Stage, account, stage

DAY = 86_400
BIRTH = -2 * DAY

Step = tuple[str, int, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["create", "edit", "mark", "unmark", "delete", "wait", "sync"]),
        st.integers(0, 30),
        st.integers(0, 2 * DAY),
    ),
    max_size=30,
)


def full(at: Stage) -> pl.DataFrame:
    return read_customers(at.connection, at.moment(BIRTH - 60 * DAY), at.moment(), KEYS).rows.collect().sort("id")


def changes(
    at: Stage, since: int, *, known: int = 10_000, connection: StripeConnection | None = None
) -> Changes | FullReadNeeded:
    return read_changes(
        connection or at.connection, at.moment(since - at.clock.now), at.moment(), KEYS, known_customers=known
    )


def play(at: Stage, step: Step) -> None:
    what, which, amount = step
    living = [name for place, name in enumerate(at.book.ids) if not at.book.is_gone(place)]
    someone = living[which % len(living)] if living else None
    match what:
        case "create":
            at.book.create({"email": f"{amount}@example.com"})
        case "wait":
            at.clock.now += amount
        case "edit" if someone:
            at.book.update(someone, {"name": f"Name {amount}"})
        case "mark" if someone:
            at.book.update(someone, {"metadata": {"netsuite_customer_id": str(amount)}})
        case "unmark" if someone:
            at.book.update(someone, {"metadata": {"netsuite_customer_id": ""}})
        case "delete" if someone:
            at.book.delete(someone)


@pytest.fixture(scope="module")
def at() -> Stage:  # type: ignore[misc]
    with stage() as running:
        yield running


@pytest.mark.rule("X10")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_changes_give_what_a_full_walk_gives_after_any_history(at: Stage, steps: list[Step]) -> None:
    clear(at)
    at.book.load((f"cus_old{n}", at.clock.now + BIRTH - n * 977, {"name": f"Old {n}"}) for n in range(8))
    known, watermark = full(at), at.clock.now
    for step in [*steps, ("sync", 0, 0)]:
        play(at, step)
        if step[0] == "sync":
            found = changes(at, watermark)
            known = full(at) if isinstance(found, FullReadNeeded) else applied(known, found)
            watermark = at.clock.now
    assert_frame_equal(known.sort("id"), full(at))


def applied(known: pl.DataFrame, found: Changes) -> pl.DataFrame:
    return merge_changes(known.lazy(), found.changed.lazy(), found.deleted).collect()


def clear(at: Stage) -> None:
    book = at.book
    book.ids, book.bodies, book.events = [], [], []
    book.created, book.event_created = book.created[:0], book.event_created[:0]
    book.load([])
    at.clock.now = START


def test_each_changed_customer_is_read_once_and_a_new_one_by_the_page(at: Stage) -> None:
    clear(at)
    at.book.load((f"cus_{n}", START - 30 * DAY, {}) for n in range(3))
    for _ in range(5):
        at.book.update("cus_1", {"metadata": {"n": str(_)}})
    at.book.create({}, customer_id="cus_new")
    at.book.delete("cus_2")
    at.clock.now += 60
    found = changes(at, START)
    assert isinstance(found, Changes)
    assert sorted(found.changed["id"]) == ["cus_1", "cus_new"]
    assert (found.deleted, found.events, found.reads) == (frozenset({"cus_2"}), 7, 3)
    assert found.until == at.moment()


def test_an_edit_before_the_watermark_is_read_again_within_the_overlap(at: Stage) -> None:
    clear(at)
    at.book.load([("cus_1", START - 30 * DAY, {})])
    at.book.update("cus_1", {"name": "late"})
    at.clock.now += 3_000
    found = changes(at, START + 2_000)
    assert isinstance(found, Changes)
    assert found.changed["name"].to_list() == ["late"]


def test_an_old_watermark_needs_a_full_read_and_says_why(at: Stage) -> None:
    clear(at)
    at.clock.now += 26 * DAY
    found = changes(at, START)
    assert isinstance(found, FullReadNeeded)
    assert "26 days old" in found.reason


def test_a_full_read_is_asked_for_when_it_is_cheaper(at: Stage) -> None:
    clear(at)
    at.book.load((f"cus_{n}", START - 30 * DAY, {}) for n in range(150))
    for n in range(150):
        at.book.update(f"cus_{n}", {"name": "new"})
    at.clock.now += 60
    assert isinstance(changes(at, START, known=14_000), FullReadNeeded)
    assert isinstance(changes(at, START, known=16_000), Changes)


def test_a_customer_that_vanished_between_event_and_read_leaves(at: Stage) -> None:
    clear(at)
    at.book.load([("cus_1", START - 30 * DAY, {})])
    at.book.update("cus_1", {"name": "x"})
    at.book.delete("cus_1")
    at.book.events.pop()
    at.book.event_created.pop()
    at.clock.now += 60
    found = changes(at, START)
    assert isinstance(found, Changes)
    assert (found.changed.height, found.deleted) == (0, frozenset({"cus_1"}))


@pytest.mark.rule("X10")
def test_a_customer_that_could_not_be_asked_for_is_never_taken_for_deleted(at: Stage) -> None:
    clear(at)
    at.book.load((f"cus_{n}", START - 30 * DAY, {}) for n in range(3))
    for n in range(3):
        at.book.update(f"cus_{n}", {"name": "x"})
    at.clock.now += 60
    at.server.fault(Fault(kind="server_error", path="/v1/customers/cus_1", should_retry=False))
    with pytest.raises(TransientError):
        changes(at, START)


def test_a_key_without_events_says_which_permission_is_missing(at: Stage) -> None:
    clear(at)
    at.server.world.add_key(ApiKey("rk_test_narrow", permissions=frozenset({"customer_write"})))
    with (
        StripeConnection(account(at.server, api_key="rk_test_narrow")) as connection,
        pytest.raises(AccessError, match="Events Read"),
    ):
        changes(at, START, connection=connection)


def test_changes_replace_add_and_remove() -> None:
    def frame(**names: str) -> pl.LazyFrame:
        rows = [{"id": key, "name": value} for key, value in names.items()]
        return pl.DataFrame(rows, schema=customers_schema(KEYS)).lazy()

    known, changed = frame(cus_1="one", cus_2="two", cus_3="three"), frame(cus_2="TWO", cus_4="four")
    result = merge_changes(known, changed, ["cus_3", "cus_unknown"]).sort("id").collect()
    assert_frame_equal(result, frame(cus_1="one", cus_2="TWO", cus_4="four").collect())


def test_changes_with_a_new_metadata_column_are_refused() -> None:
    known = pl.LazyFrame(schema=customers_schema(KEYS))
    changed = pl.LazyFrame(schema=customers_schema([*KEYS, "tier"]))
    with pytest.raises(InternalError, match="full read"):
        merge_changes(known, changed, [])
