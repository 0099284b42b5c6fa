"""Slips in what a declaration maps: told before a record is written by the wrong number, or a customer passed over."""

from pathlib import Path

import pytest

from resources.exports.netsuite import check_netsuite_export
from schemas.errors import ExportError


def check(folder: Path, labels: str, **fields: str) -> None:
    path = folder / "netsuite.csv"
    path.write_text(f"{labels}\n1,2\n")
    check_netsuite_export(path, fields)


@pytest.mark.parametrize(("internal", "other"), [("Internal ID", "ID"), ("Interne ID", "Kunden-Nr."), ("内部ID", "ID")])
def test_a_customer_number_is_no_internal_id_where_the_file_has_both(internal: str, other: str, tmp_path: Path) -> None:
    labels = f"{internal},{other}"
    with pytest.raises(ExportError, match=rf"map internal_id to '{internal}', or take that column out of the search"):
        check(tmp_path, labels, internal_id=other)
    check(tmp_path, labels, internal_id=internal)
    check(tmp_path, labels, internal_id=other, netsuite_number=internal)
    check(tmp_path, f"Key,{other}", internal_id=other)
