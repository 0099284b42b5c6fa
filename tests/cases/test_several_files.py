"""One side in several files: by a list, by a pattern, overlapping or not."""

from pathlib import Path

import pytest

from tests.cases.running import CASES, planned

pytestmark = pytest.mark.rule("X17")


def test_a_pattern_stands_for_all_files_like_it(tmp_path: Path) -> None:
    with planned("glob", tmp_path) as case:
        assert case.records == {"A1": 11}


def test_rows_that_stand_in_two_files_are_one(tmp_path: Path) -> None:
    with planned("two_id_file", tmp_path) as case:
        assert case.records == {"A1": 11}


def test_customers_of_two_files_are_all_there(tmp_path: Path) -> None:
    more = "id,Description,Email,Name,Created (UTC),Delinquent,Phone\ncus_B2,,b@two.example,B,2026-09-04 10:15,false,\n"
    second = tmp_path / "more.csv"
    second.write_text(more)
    with planned("two_id_file", tmp_path, stripe={"export": ["stripe.csv", str(second)], "since": "2026-06"}) as case:
        assert case.records == {"A1": 11, "B2": None}


def test_two_files_that_differ_in_a_customer_are_refused(tmp_path: Path) -> None:
    second = tmp_path / "older.csv"
    second.write_text((CASES / "glob" / "stripe.csv").read_text().replace("a@one.example", "old@one.example"))
    with planned("glob", tmp_path, stripe={"export": ["stripe.csv", str(second)], "since": "2026-06"}) as case:
        assert case.refusal == (
            f"stripe.csv, {second} has 2 rows of the id cus_A1 that differ in email: one of the files is older, or was "
            "edited; leave that one out."
        )


def test_a_pattern_without_files_and_a_folder_are_refused(tmp_path: Path) -> None:
    with planned("glob", tmp_path, stripe={"export": "none*.csv", "since": "2026-06"}) as case:
        assert case.refusal == (
            f"There is no file like {tmp_path}/glob/none*.csv; put the exports there, or correct `export` in the "
            "declaration."
        )
    folder = tmp_path / "folder"
    folder.mkdir()
    other = tmp_path / "other"
    other.mkdir()
    with planned("glob", other, stripe={"export": str(folder), "since": "2026-06"}) as case:
        assert case.refusal == f"{folder} is a folder; name the files in it, as in {folder}/*.csv."


@pytest.mark.parametrize(
    ("label", "values", "said"),
    [
        ("livemode", ("true", "false"), "mode live, and another of test"),
        ("account", ("acct_1", "acct_2"), "account acct_1, a"),
    ],
)
def test_files_of_two_modes_or_accounts_are_refused(
    label: str, values: tuple[str, str], said: str, tmp_path: Path
) -> None:
    files = [str(tmp_path / f"{at}.csv") for at in range(2)]
    for at, value in enumerate(values):
        Path(files[at]).write_text(f"id,Email,Created (UTC),{label}\ncus_{at},,2026-09-04 10:15,{value}\n")
    with planned("two_id_file", tmp_path, stripe={"export": files, "since": "2026-06"}) as case:
        assert f"one file has customers of the {said}" in case.refusal


def test_what_an_open_program_leaves_beside_a_file_is_none_of_a_pattern(tmp_path: Path) -> None:
    (tmp_path / "stripe.csv").write_text((CASES / "glob" / "stripe.csv").read_text())
    for name in ("~$stripe.csv", "._stripe.csv", ".~lock.stripe.csv"):
        (tmp_path / name).write_bytes(b"\x05Ada")
    with planned("glob", tmp_path, stripe={"export": str(tmp_path / "*stripe.csv"), "since": "2026-06"}) as case:
        assert case.records == {"A1": 11}


def test_files_may_have_the_metadata_of_their_own_customers_alone(tmp_path: Path) -> None:
    held = "id,Email,Created (UTC),netsuite_block_integration (metadata)\ncus_B2,b@two.example,2026-09-04 10:15,true\n"
    linked = "id,Email,Created (UTC),netsuite_customer_id (metadata)\ncus_C3,c@x.example,2026-09-04 10:15,11\n"
    (tmp_path / "held.csv").write_text(held)
    (tmp_path / "linked.csv").write_text(linked)
    files = [str(tmp_path / "linked.csv"), str(tmp_path / "held.csv")]
    with planned("glob", tmp_path, stripe={"export": files, "since": "2026-06"}) as case:
        assert case.outcomes == {"B2": "held", "C3": "linked"}
        assert case.records["C3"] == 11
