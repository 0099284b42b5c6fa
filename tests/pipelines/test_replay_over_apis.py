"""Plans over both stand-ins are made again as well: with decisions, new records, and both directions (X12)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from assets.replay.inputs import making_of
from assets.replay.replay import replay
from sandbox.netsuite_standin import Options
from sandbox.stripe_standin import add_charge
from tests.pipelines.api_world import Site, site
from tests.pipelines.test_to_stripe import world

MAY_CREATE = Options(permissions={"LIST_CUSTJOB": 4, "LIST_FIND": 1})
BY_DEFAULT: dict[str, object] = {}

WORLDS: dict[str, Callable[[Path], AbstractContextManager[Site]]] = {
    "links alone": site,
    "new records at the first transaction": lambda folder: site(
        folder, options=MAY_CREATE, on_none="create", create=BY_DEFAULT
    ),
    "to Stripe as well": world,
}


@pytest.mark.rule("X12")
@pytest.mark.parametrize("opened", WORLDS.values(), ids=list(WORLDS))
def test_a_plan_is_made_again_after_the_accounts_have_moved_on(
    opened: Callable[[Path], AbstractContextManager[Site]], tmp_path: Path
) -> None:
    with opened(tmp_path) as at:
        at.plan()
        assert at.override("cus_3", "2").success
        add_charge(at.stripe, "cus_4", "succeeded")
        first = at.plan()
        at.netsuite.insert(99, email="n3@acme.example", companyname="Ninety-nine")
        assert at.override("cus_3", "never").success
        second = at.plan()
        assert first != second
        for plan in (first, second):
            again = replay(at.sync, making_of(at.sync, plan))
            assert (again.making.plan, again.differences) == (plan, ())
        secrets = ("consumer-secret", "token-secret", at.world.test_key)
        kept = b"".join(path.read_bytes() for path in (tmp_path / "home/inputs").rglob("*") if path.is_file())
        assert not [secret for secret in secrets if secret.encode() in kept]
