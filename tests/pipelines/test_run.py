"""What `make run` says when a run fails: whose turn it is to act."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from pipelines.run import reason, sentence
from resources.exports.readers import NetsuiteExportReader
from resources.extracts.extract import Extract, Known
from resources.extracts.on_disk import Disk
from resources.readers import OnProgress
from schemas.errors import AccessError, InternalError, TieoutError, TransientError, UserError
from tests.reconciling import Site, declaration, site_at


@dataclass(frozen=True, kw_only=True)
class FailingDoor(NetsuiteExportReader):
    """A reader behind which something is wrong."""

    error: Exception

    def customers(self, known: Known | None, progress: OnProgress, disk: Disk | None = None) -> Extract:  # noqa: ARG002 (it gives nothing)
        raise self.error


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with site_at(tmp_path, declaration()) as made:
        yield made


def failed(site: Site, error: Exception) -> TieoutError:
    connection = FailingDoor(**vars(site.sync.netsuite), error=error)
    return reason(replace(site, sync=replace(site.sync, netsuite=connection)).reconcile())


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (AccessError("The role lacks a permission."), UserError),
        (TransientError("NetSuite could not be asked."), TransientError),
        (InternalError("The rows do not add up."), InternalError),
    ],
)
def test_a_failed_run_is_the_fault_of_whoever_has_to_act(site: Site, error: TieoutError, kind: type) -> None:
    found = failed(site, error)
    assert (type(found), str(found)) == (kind, str(error))


def test_what_nobody_foresaw_is_ours_and_names_step_and_run(site: Site) -> None:
    found = failed(site, ZeroDivisionError("division by zero"))
    assert isinstance(found, InternalError)
    [run] = site.instance.get_runs()
    assert str(found) == (
        f"acme__netsuite_customers ended in ZeroDivisionError; `make ui` shows its trace in run {run.run_id}."
    )


def test_a_check_that_stops_a_run_is_for_a_person(site: Site, tmp_path: Path) -> None:
    text = (tmp_path / "netsuite.csv").read_text()
    (tmp_path / "netsuite.csv").write_text(text.replace("Customer,No", "Lead,No"))
    found = reason(site.reconcile())
    assert isinstance(found, UserError)
    assert "The check has_customers of netsuite_customers failed: no row has the stage Customer" in str(found)


def test_only_an_error_of_ours_is_called_one() -> None:
    assert sentence(TransientError("Stripe could not be asked.")) == "Stripe could not be asked."
    assert sentence(InternalError("The rows do not add up.")) == (
        "This is an error in Tieout itself, not in your files or settings: The rows do not add up."
    )
