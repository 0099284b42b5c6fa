"""Internal ids as spreadsheets and people write them: read where nothing is lost, or refused by the true cause."""

from pathlib import Path

import pytest

from resources.exports.netsuite import read_netsuite_export
from schemas.errors import ExportError

pytestmark = pytest.mark.rule("X17")

FIELDS = {"internal_id": "Internal ID", "company_name": "Company Name"}


def ids_of(folder: Path, *ids: str) -> list[int]:
    path = folder / "netsuite.csv"
    path.write_text("Internal ID,Company Name\n" + "".join(f'"{each}",Acme\n' for each in ids))
    return read_netsuite_export(path, FIELDS).frame.get_column("internal_id").to_list()


@pytest.mark.parametrize("text", ["\ufeff12", "12\u200b", " 12\u00a0", "\u200e12"])
def test_characters_that_nobody_sees_are_no_part_of_it(text: str, tmp_path: Path) -> None:
    assert ids_of(tmp_path, "11", text) == [11, 12]


@pytest.mark.parametrize(
    "text", ["1,234", "1\u00a0234", "1\u202f234", "1'234", "'12", "#12", "\uff11\uff12", "00012", "12.5", "-"]
)
def test_a_number_that_is_written_in_another_way_is_shown(text: str, tmp_path: Path) -> None:
    said = "has nothing" if text == "-" else f"has {text}, which is not an internal id"
    with pytest.raises(ExportError, match=rf"^Line 3 of .* {said}"):
        ids_of(tmp_path, "11", text, "13")


@pytest.mark.parametrize("text", ["- None -", "#N/A", "null"])
def test_a_placeholder_is_nothing(text: str, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"^Line 3 of .* has nothing"):
        ids_of(tmp_path, "11", text, "13")


def test_a_text_in_the_last_row_alone_is_a_remark(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"^Line 4 of .* that is no internal id \(in the last row alone: a remark"):
        ids_of(tmp_path, "11", "12", "Generated on 9 March 2026")
    with pytest.raises(ExportError, match="map internal_id to the column with numbers"):
        ids_of(tmp_path, "CUST11", "CUST12")
