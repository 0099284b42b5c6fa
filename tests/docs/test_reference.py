"""The reference names every command, job, asset and check there is, in the code's own words."""

import pytest

from docs.reference import PAGE, definitions, filled, tables


@pytest.fixture(scope="module")
def found() -> dict[str, str]:
    return dict(tables(definitions()))


def test_the_tables_on_the_page_are_those_of_the_code(found: dict[str, str]) -> None:
    page = PAGE.read_text("utf-8")
    assert page == filled(page, found), "fill them anew: python -m docs.reference"


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("commands", "`make run`"),
        ("jobs", "`<name>_sync_one`"),
        ("starters", "`<name>_daily`"),
        ("assets", "`stripe_transactions`"),
        ("columns", "`customer_matches` | `outcome` | String"),
        ("checks", "`write_plan` | `writes_within_limit`"),
    ],
)
def test_each_table_has_what_only_some_declarations_use(found: dict[str, str], table: str, row: str) -> None:
    assert f"| {row} |" in found[table]


def test_no_row_is_without_its_words(found: dict[str, str]) -> None:
    assert [line for table in found.values() for line in table.splitlines() if line.endswith("|  |")] == []
