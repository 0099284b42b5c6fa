"""Files that are a little unusual and have one reading: they are read right."""

from pathlib import Path

import pytest

from tests.cases.running import planned

MATCHED = ("crcrlf", "hdr_nl", "semicolon", "trail_both", "utf16")


@pytest.mark.parametrize("name", MATCHED)
def test_a_file_with_one_reading_is_read(name: str, tmp_path: Path) -> None:
    with planned(name, tmp_path) as case:
        assert case.records == {"A1": 11}
        assert case.outcomes == {"A1": "matched"}


def test_what_an_import_wrote_is_a_link_and_leaves_nothing_to_do(tmp_path: Path) -> None:
    with planned("after_import", tmp_path) as case:
        assert case.outcomes == {"A1": "linked"}
        assert not case.planned


def test_customers_without_values_match_nothing(tmp_path: Path) -> None:
    with planned("guest_shared_blank", tmp_path) as case:
        assert case.records == {"A1": None, "B2": None}


def test_two_customers_of_one_record_share_its_comments_and_not_its_external_id(tmp_path: Path) -> None:
    with planned("two_to_one", tmp_path) as case:
        assert case.records == {"A1": 11, "B2": 11}
        assert {new for _, _, field, new in case.planned if field == "external_id"} == {"cus_A1"}
        assert {new for _, _, field, new in case.planned if field == "comments"} == {"cus_A1", "cus_B2"}
