"""A write that is tried again is tried no more once the right to write is lost; reads go on."""

from collections.abc import Callable

import pytest

from resources.netsuite_api import FieldEdit
from resources.stripe_api import MetadataChange, retrieve, set_metadata
from resources.write_guard import while_ours
from sandbox.netsuite_standin import Fault as NetsuiteFault
from sandbox.netsuite_standin import World
from sandbox.stripe_standin import Fault
from schemas.errors import LostLeaseError
from schemas.words import LINK_KEY, InternalId, StripeId
from tests.resources.netsuite_api.netsuite_world import connected
from tests.resources.stripe_api.stripe_world import START, stage

CUSTOMER = StripeId("cus_1")


def held_for(tries: int) -> Callable[[], None]:
    """A right that is seen to be there so many times."""
    left = iter(range(tries))

    def check() -> None:
        if next(left, None) is None:
            raise LostLeaseError("It is lost.")

    return check


@pytest.mark.rule("X6")
def test_stripe_is_asked_for_no_update_again() -> None:
    with stage() as at:
        at.book.load([(CUSTOMER, START, {})])
        at.server.fault(Fault(kind="server_error", method="POST", status=503))
        change = MetadataChange(CUSTOMER, LINK_KEY, expected_old=None, new="77", scope="a plan")
        with while_ours(held_for(1)), pytest.raises(LostLeaseError):
            set_metadata(at.connection, change)
        assert [line.method for line in at.server.log].count("POST") == 1
        assert retrieve(at.connection, CUSTOMER) is not None
        assert at.server.effects == 0
        assert set_metadata(at.connection, change).status == "applied"


@pytest.mark.rule("X6")
def test_netsuite_is_asked_for_no_save_again() -> None:
    world = World()
    change = FieldEdit(InternalId(world.insert()), "stripe_id", "set", CUSTOMER)
    with connected(world) as (client, server):
        server.fail(NetsuiteFault(kind="unavailable", action="apply"))
        with while_ours(held_for(1)), pytest.raises(LostLeaseError):
            client.apply([change])
        assert client.existing([change.internal_id])
        assert world.saves == []
        assert [outcome.status for outcome in client.apply([change])] == ["applied"]
        assert len(server.calls_of("apply")) == 2
