"""What a run was asked to do."""

from resources.ledger import Ledger, Request, Requests
from tests.resources.ledger.ledgers import ACME, PLAN


def test_a_request_is_kept_once_per_run(opened: Ledger) -> None:
    requests = Requests(opened, ACME)
    asked = Request("run", "apply", PLAN, {"at_most": 5, "ids": ["cus_1"]}, "Ada")
    requests.add(asked)
    requests.add(Request("run", "undo", "b" * 64, {}))
    assert requests.of("run") == asked
    assert [plan for plan, _ in requests.approvals()] == [PLAN]


def test_all_that_was_asked_about_a_plan_is_there_in_its_order_with_who_and_when(opened: Ledger) -> None:
    requests = Requests(opened, ACME)
    for run, way, who in (("b", "apply", "Ada"), ("a", "undo", "Bob"), ("c", "apply", None)):
        requests.add(Request(run, "undo" if way == "undo" else "apply", PLAN, {}, who))
    requests.add(Request("d", "apply", "b" * 64, {}, "Eve"))
    asked = requests.of_plan(PLAN)
    assert [(each.run_id, each.direction, each.who) for each in asked] == [
        ("b", "apply", "Ada"),
        ("a", "undo", "Bob"),
        ("c", "apply", None),
    ]
    moments = [each.at for each in asked if each.at is not None]
    assert moments == sorted(moments)
    assert len(moments) == 3
