"""What a run knows of the person who was signed in when they started it, and what they may have read for them."""

from pathlib import Path

import dagster as dg
import pytest

from assets.signed_in import WHO, name_of, see_that_it_may_be_read
from resources.storage.folders import Folders
from schemas.errors import UserError

SIGNED_IN = dg.DagsterRun("acme_override_file", tags={WHO: "Ada"})
NOBODY = dg.DagsterRun("acme_override_file")


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """With the state in the checkout, as it is by default, and a link that leads out of it."""
    root = tmp_path / "checkout"
    root.mkdir()
    (tmp_path / "secret.csv").touch()
    (root / "link.csv").symlink_to(tmp_path / "secret.csv")
    return Folders(root, root / ".dagster", tmp_path / "out")


def test_the_name_of_the_login_comes_before_what_is_typed() -> None:
    assert (name_of(SIGNED_IN, "Eve"), name_of(NOBODY, "Eve")) == ("Ada", "Eve")


@pytest.mark.parametrize("typed", ["mine.csv", " exports/mine.XLSX ", "../out/acme/review.csv"])
def test_whoever_signs_in_names_files_of_the_checkout_and_of_the_results(folders: Folders, typed: str) -> None:
    see_that_it_may_be_read(SIGNED_IN, folders, typed, (".csv", ".xlsx"))


@pytest.mark.parametrize(
    "typed",
    [
        "/etc/passwd",
        "../secret.csv",
        "link.csv",
        ".dagster/ledger.csv",
        "people",
        "ui.yaml",
        "",
        "exports/../../secret.csv",
    ],
)
def test_they_name_no_other_file_of_the_machine_and_whoever_has_a_shell_does(folders: Folders, typed: str) -> None:
    with pytest.raises(UserError, match=r"names files \(.csv or .xlsx\) of the checkout, or of the results"):
        see_that_it_may_be_read(SIGNED_IN, folders, typed, (".csv", ".xlsx"))
    see_that_it_may_be_read(NOBODY, folders, typed, (".csv", ".xlsx"))
