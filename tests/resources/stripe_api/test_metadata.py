"""One metadata value is set once, only over the value that was expected, whatever happens on the way."""

from collections.abc import Iterator

import pytest
from stripe.params import CustomerUpdateParams

from resources.stripe_api import (
    FieldOutcome,
    MetadataChange,
    StripeConnection,
    idempotency_key,
    retrieve,
    set_metadata,
)
from sandbox.stripe_standin import ApiKey, Fault, StandInOptions
from schemas.errors import AccessError, TransientError
from schemas.words import LINK_KEY, StripeId
from tests.resources.stripe_api.stripe_world import START, Stage, account, stage

CUSTOMER = StripeId("cus_1")


@pytest.fixture
def at() -> Iterator[Stage]:
    with stage() as running:
        running.book.load([("cus_1", START, {"metadata": {"kept": "yes"}})])
        yield running


def change(old: str | None = None, new: str | None = "77", scope: str = "plan 1") -> MetadataChange:
    return MetadataChange(CUSTOMER, LINK_KEY, expected_old=old, new=new, scope=scope)


def value(at: Stage) -> str | None:
    customer = retrieve(at.connection, CUSTOMER)
    assert customer is not None
    return customer.metadata.get(LINK_KEY)


@pytest.mark.rule("W1")
def test_an_empty_value_is_set_and_nothing_else_changes(at: Stage) -> None:
    assert set_metadata(at.connection, change()) == FieldOutcome("applied", "77")
    customer = retrieve(at.connection, CUSTOMER)
    assert customer is not None
    assert customer.metadata == {"kept": "yes", LINK_KEY: "77"}
    assert at.server.effects == 1


@pytest.mark.rule("W1")
def test_an_equal_value_is_no_write(at: Stage) -> None:
    at.book.update("cus_1", {"metadata": {LINK_KEY: "77"}})
    assert set_metadata(at.connection, change()) == FieldOutcome("already", "77")
    assert [line.method for line in at.server.log] == ["GET"]


@pytest.mark.rule("W1")
@pytest.mark.rule("W8")
def test_another_value_is_a_conflict_and_stays(at: Stage) -> None:
    at.book.update("cus_1", {"metadata": {LINK_KEY: "5"}})
    assert set_metadata(at.connection, change()) == FieldOutcome("conflict", "5")
    assert set_metadata(at.connection, change(old="4")) == FieldOutcome("conflict", "5")
    assert value(at) == "5"


@pytest.mark.rule("W10")
def test_a_value_can_be_taken_back(at: Stage) -> None:
    set_metadata(at.connection, change())
    assert set_metadata(at.connection, change(old="77", new=None)) == FieldOutcome("applied", None)
    assert value(at) is None


@pytest.mark.rule("W10")
@pytest.mark.rule("X2")
def test_what_somebody_has_put_there_since_is_not_taken_back(at: Stage) -> None:
    set_metadata(at.connection, change())
    at.book.update("cus_1", {"metadata": {LINK_KEY: "5"}})
    assert set_metadata(at.connection, change(old="77", new=None)) == FieldOutcome("conflict", "5")
    assert value(at) == "5"


@pytest.mark.parametrize("deleted", [True, False])
def test_a_customer_that_is_deleted_or_unknown_is_gone(at: Stage, *, deleted: bool) -> None:
    if deleted:
        at.book.delete("cus_1")
    gone = CUSTOMER if deleted else StripeId("cus_nope")
    assert retrieve(at.connection, gone) is None
    assert set_metadata(at.connection, MetadataChange(gone, LINK_KEY, None, "77", "plan")) == FieldOutcome("gone")
    assert at.server.effects == 0


@pytest.mark.parametrize("succeeds", [True, False])
def test_a_customer_deleted_between_read_and_write_is_gone(monkeypatch: pytest.MonkeyPatch, *, succeeds: bool) -> None:
    with stage(StandInOptions(endpoint_rate=None, test_rate=None, deleted_update_succeeds=succeeds)) as at:
        at.book.load([("cus_1", START, {})])
        write = StripeConnection.post_customer

        def write_late(connection: StripeConnection, customer: str, params: CustomerUpdateParams, key: str) -> object:
            at.book.delete(customer)
            return write(connection, customer, params, key)

        monkeypatch.setattr(StripeConnection, "post_customer", write_late)
        assert set_metadata(at.connection, change()) == FieldOutcome("gone")
        assert [line.method for line in at.server.log] == ["GET", "POST"]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind="reset", method="POST", after_effect=True),
        Fault(kind="reset", method="POST"),
        Fault(kind="truncated", method="POST"),
        Fault(kind="server_error", method="POST", status=503),
        Fault(kind="server_error", method="POST", after_effect=True),
        Fault(kind="lock_timeout", method="POST", times=3),
        Fault(kind="rate_limited", method=".*", times=3),
        Fault(kind="late", method="POST", after_effect=True),
        Fault(kind="late", method="POST"),
    ],
    ids=lambda fault: f"{fault.kind}{' after effect' if fault.after_effect else ''}",
)
@pytest.mark.rule("W9")
def test_weather_around_a_write_makes_one_effect(fault: Fault) -> None:
    with stage(read_timeout=0.25) as at:
        at.book.load([("cus_1", START, {})])
        at.server.fault(fault)
        assert set_metadata(at.connection, change()) == FieldOutcome("applied", "77")
        assert [event["type"] for event in at.book.events] == ["customer.updated"]
        assert value(at) == "77"


@pytest.mark.rule("W9")
def test_a_run_that_died_after_the_effect_finds_it_done(at: Stage) -> None:
    at.server.fault(Fault(kind="reset", method="POST", after_effect=True))
    at.server.fault(Fault(kind="server_error", method="POST", should_retry=False))
    with pytest.raises(TransientError):
        set_metadata(at.connection, change())
    assert set_metadata(at.connection, change()) == FieldOutcome("already", "77")
    assert at.server.effects == 1


@pytest.mark.rule("W9")
def test_a_value_that_a_person_took_back_is_not_claimed_as_applied(at: Stage) -> None:
    set_metadata(at.connection, change())
    at.book.update("cus_1", {"metadata": {LINK_KEY: ""}})
    assert set_metadata(at.connection, change()) == FieldOutcome("conflict", None)
    assert set_metadata(at.connection, change(scope="plan 2")) == FieldOutcome("applied", "77")


@pytest.mark.rule("W9")
def test_a_failure_that_stripe_keeps_under_the_key_is_overcome(at: Stage) -> None:
    at.server.fault(Fault(kind="server_error", method="POST", after_effect=True, times=1))
    at.book.update("cus_1", {"metadata": {LINK_KEY: "1"}})
    outcome = set_metadata(at.connection, change(old="1"))
    assert outcome == FieldOutcome("applied", "77")
    assert at.server.effects == 1


@pytest.mark.rule("W9")
def test_a_key_is_the_same_for_the_same_change_and_for_no_other(at: Stage) -> None:
    base, connection = change(), at.connection.account
    others = [
        idempotency_key(connection, change(old="1")),
        idempotency_key(connection, change(new="78")),
        idempotency_key(connection, change(scope="plan 2")),
        idempotency_key(connection, base, 1),
        idempotency_key(account(at.server, stripe_account="acct_two"), base),
        idempotency_key(connection, MetadataChange(StripeId("cus_2"), LINK_KEY, None, "77", "plan 1")),
        idempotency_key(connection, MetadataChange(CUSTOMER, "other", None, "77", "plan 1")),
    ]
    assert idempotency_key(connection, change()) == idempotency_key(connection, base)
    assert len({*others, idempotency_key(connection, base)}) == 8
    assert all(len(key) <= 255 for key in others)


def test_a_key_that_may_only_read_says_which_permission_is_missing(at: Stage) -> None:
    at.server.world.add_key(ApiKey("rk_test_reader", permissions=frozenset({"customer_read"})))
    with (
        StripeConnection(account(at.server, api_key="rk_test_reader")) as connection,
        pytest.raises(AccessError, match="Customers Write"),
    ):
        set_metadata(connection, change())


@pytest.mark.rule("X10")
def test_a_customer_that_could_not_be_asked_for_is_not_gone(at: Stage) -> None:
    at.server.fault(Fault(kind="server_error", should_retry=False))
    with pytest.raises(TransientError):
        retrieve(at.connection, CUSTOMER)
