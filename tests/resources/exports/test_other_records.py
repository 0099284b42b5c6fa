"""Searches of contacts or transactions: their rows' ids are no customers', which stand beside them (M2)."""

from pathlib import Path

import pytest

from resources.exports.netsuite import read_netsuite_export
from schemas.errors import ExportError

pytestmark = [pytest.mark.rule("M2"), pytest.mark.rule("X17")]


def read(folder: Path, label: str, *ids: str, own: str = "Internal ID") -> list[int]:
    path = folder / "search.csv"
    rows = [f"{5000 + at},jane@acme.example,{customer}" for at, customer in enumerate(ids)]
    path.write_text("\n".join([f'{own},Email,"{label}"', *rows, ""]))
    return read_netsuite_export(path, {"internal_id": own, "email": "Email"}).frame["internal_id"].to_list()


@pytest.mark.parametrize(
    "label", ["Company : Internal ID", "Customer/Project : Internal ID", "Customer (Main Line) : Internal ID"]
)
def test_rows_that_belong_to_a_customer_are_refused(label: str, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="and others under 'Internal ID', as searches of contacts"):
        read(tmp_path, label, "5000", "11")


def test_rows_that_belong_to_a_customer_are_known_in_other_languages(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="ids of customers under 'Kunde : Interne ID', and others"):
        read(tmp_path, "Kunde : Interne ID", "11", own="Interne ID")


@pytest.mark.parametrize("label", ["Parent : Internal ID", "Sales Rep : Internal ID", "Company : Phone"])
def test_ids_of_others_beside_a_customer_s_own_are_none_of_theirs(label: str, tmp_path: Path) -> None:
    assert read(tmp_path, label, "11", "12") == [5000, 5001]


def test_the_same_ids_twice_and_blanks_say_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, "Company : Internal ID", "5000", "") == [5000, 5001]
