"""Files that are a little unusual: those with one reading are read right, the others refused by their cause."""

import re
from pathlib import Path

import pytest

from tests.cases.running import CASES, planned, reported

pytestmark = pytest.mark.rule("X17")

MATCHED = ("crcrlf", "hdr_nl", "semicolon", "trail_both", "utf16")
REFUSED = {
    "contacts": "netsuite.csv has 2 rows of the id 11 that differ in email: .* export one row per customer",
    "cr_only": "netsuite.csv has the line ends of an old Mac",
    "dup_label": "netsuite.csv has 2 columns labelled 'Email'; give each its own label",
    "id_label_dup": "stripe.csv has 'id' and 'ID', each of which is 'id'; .* take one of them out",
    "short_rows": "Line 2 of .*stripe.csv has 6 of 7 fields",
    "tilde": "There is no file .*/Downloads/customers.csv",
}


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


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_without_a_reading_is_refused_by_its_cause(name: str, tmp_path: Path) -> None:
    with planned(name, tmp_path) as case:
        assert re.search(REFUSED[name], case.refusal)


def test_full_comments_are_left_as_they_are_and_said_to_be_full(tmp_path: Path) -> None:
    with reported("comment_4000", tmp_path) as case:
        assert {field for _, _, field, _ in case.planned} == {"stripe_id", "external_id"}
        assert "does not fit into the record's comments" in case.waiting["A1"]


def test_comments_that_look_like_a_formula_are_imported_as_they_are(tmp_path: Path) -> None:
    with reported("comment_formula", tmp_path) as case:
        assert [row["Comments"] for row in case.rows("netsuite_import_comments.csv")] == ['=HYPERLINK("x")\ncus_A1']
        [shown] = [row["old_value"] for row in case.rows("plan.csv") if row["field"] == "comments"]
        assert shown == '\'=HYPERLINK("x")'


def test_a_link_to_an_inactive_record_stands_and_is_doubted(tmp_path: Path) -> None:
    with reported("ext_inactive", tmp_path) as case:
        assert (case.records, case.outcomes) == ({"A1": 10}, {"A1": "linked"})
        assert "email = email finds record 11" in case.waiting["A1"]


def test_an_external_id_that_a_lead_holds_is_not_planned_for_another(tmp_path: Path) -> None:
    with planned("ext_taken", tmp_path) as case:
        assert case.records == {"A1": 11}
        assert {field for _, _, field, _ in case.planned} == {"stripe_id", "comments"}


def test_every_case_is_looked_at_by_some_test() -> None:
    said = "".join(path.read_text() for path in CASES.glob("test_*.py"))
    cases = {path.parent.name for path in CASES.glob("*/defs.yaml")}
    assert {name for name in cases if f'"{name}"' not in said} == set()
