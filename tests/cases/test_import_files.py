from pathlib import Path

from tests.cases.running import ran


def test_the_import_files_carry_the_subsidiary(tmp_path: Path) -> None:
    with ran("subsidiary", tmp_path) as case:
        [row] = case.rows("netsuite_import.csv")
        assert row["Subsidiary"] == "Parent Company : Alpha UK"
        [row] = case.rows("netsuite_import_comments.csv")
        assert row["Subsidiary"] == "Parent Company : Alpha UK"
