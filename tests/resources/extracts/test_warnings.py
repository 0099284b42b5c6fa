"""What a file alone shows of having been cut."""

import pytest

from resources.extracts.extract import warnings_of_a_file


@pytest.mark.rule("X10")
@pytest.mark.parametrize(
    ("rows", "what"),
    [
        (1_000, "a page of SuiteQL has"),
        (65_535, "an old worksheet holds below its labels"),
        (1_048_575, "a worksheet holds below its labels"),
    ],
)
def test_as_many_rows_as_a_tool_gives_at_most_may_not_be_all(rows: int, what: str) -> None:
    [warning] = warnings_of_a_file(ends_with_newline=True, lost=0, rows=rows)
    assert warning.startswith(
        f"The file has exactly {rows:,} rows, as many as {what}: if the list is longer, its rest "
    )
    assert warnings_of_a_file(ends_with_newline=True, lost=0, rows=rows - 1) == ()
