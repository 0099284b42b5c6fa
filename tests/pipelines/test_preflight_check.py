"""Before a plan is approved, its page and the report say what NetSuite would refuse, and nothing of any customer."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from assets.planning import preflight
from assets.planning.preflight_check import ACCEPTED, findings_of
from sandbox.netsuite_standin import Options
from schemas.errors import TransientError
from tests.pipelines.api_world import MOMENT, NAME, Site, sentences, site

MAY_DELETE = Options(permissions={"LIST_CUSTJOB": 4, "LIST_FIND": 1})
SECRET = "Zephyrine Quux"


@contextmanager
def creating(folder: Path, **create: Any) -> Iterator[Site]:  # noqa: ANN401  the block
    with site(folder, options=MAY_DELETE, on_none="create", create={"when": "at_once", **create}) as at:
        at.stripe.load([("cus_5", MOMENT + 5, {"name": SECRET, "phone": "555 010 0100", "email": "zq@acme.example"})])
        yield at


def checked(at: Site) -> dg.AssetCheckEvaluation:
    result = at.up_to("reconciliation_report", checks=[ACCEPTED])
    assert result.success, sentences(result)
    [found] = [each for each in result.get_asset_check_evaluations() if each.check_name == ACCEPTED]
    assert at.netsuite.saves == []
    return found


def page(at: Site) -> str:
    return (at.sync.folders.results(NAME) / "report.html").read_text("utf-8")


def test_what_would_be_refused_is_a_table_in_the_ui_and_in_the_report_and_stops_nothing(tmp_path: Path) -> None:
    with creating(tmp_path, defaults={"custentity_none": "x"}, subsidiary=9) as at:
        found = checked(at)
        shown = page(at)
    assert (found.passed, found.severity) == (False, dg.AssetCheckSeverity.WARN)
    rows = findings_of(found)
    sentence = "customers have no field custentity_none that this role can see"
    assert ("refused", "create.defaults: custentity_none", sentence) in rows
    assert (found.description or "").startswith("Every new customer of a kind would be refused (nothing was saved): ")
    assert "What NetSuite would say of the new customers" in shown
    assert shown.count(sentence) >= 2  # among what is said first, and in the table


def test_an_account_that_takes_them_is_said_to(tmp_path: Path) -> None:
    with creating(tmp_path) as at:
        found = checked(at)
        assert (found.passed, findings_of(found)) == (True, [])
        assert "What NetSuite would say of the new customers" not in page(at)


def test_where_nobody_is_made_netsuite_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with creating(tmp_path, defaults={"custentity_none": "x"}) as at:
        monkeypatch.setattr(preflight, "checked", lambda *_: pytest.fail("it was asked"))
        for customer in ("cus_4", "cus_5"):
            at.stripe.update(customer, {"metadata": {"netsuite_block_integration": "true"}})
        assert checked(at).passed


def test_when_netsuite_cannot_be_asked_the_plan_is_made_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise TransientError("NetSuite does not answer.")

    monkeypatch.setattr(preflight, "checked", breaks)
    with creating(tmp_path) as at:
        found = checked(at)
    assert findings_of(found) == [("unknown", "NetSuite", "could not be asked: NetSuite does not answer.")]


def test_the_page_of_the_plan_shows_which_fields_are_filled_and_no_value(tmp_path: Path) -> None:
    with creating(tmp_path) as at:
        at.reconcile()
        event = at.instance.get_latest_materialization_event(at.sync.key("write_plan"))
        assert event is not None
        assert event.asset_materialization is not None
        metadata = event.asset_materialization.metadata
        fields = metadata["new_customers/fields"]
        assert isinstance(fields, dg.TableMetadataValue)
        filled = {str(row.data["field"]): row.data["new customers"] for row in fields.records}
        assert (filled["email"], filled["phone"], filled["externalid"]) == (2, 1, 2)
        assert "addr1" not in filled
        file = Path(str(metadata["new_customers/file"].value))
        assert SECRET in file.read_text("utf-8")
        runs = [run.run_id for run in at.instance.get_runs()]
        log = "\n".join(entry.to_json() for run in runs for entry in at.instance.all_logs(run))  # type: ignore[no-untyped-call]  # Dagster gives it no type
    assert "new_customers/fields" in log
    assert not [text for text in (SECRET, "zq@acme.example", "555 010 0100") if text in log]
