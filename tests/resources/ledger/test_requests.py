"""What a run was asked to do."""

from resources.ledger import Ledger, Request, Requests
from tests.resources.ledger.ledgers import ACME, PLAN


def test_a_request_is_kept_once_per_run(opened: Ledger) -> None:
    requests = Requests(opened, ACME)
    asked = Request("run", "apply", PLAN, {"at_most": 5, "ids": ["cus_1"]})
    requests.add(asked)
    requests.add(Request("run", "undo", "b" * 64, {}))
    assert requests.of("run") == asked
    assert [plan for plan, _ in requests.approvals()] == [PLAN]
