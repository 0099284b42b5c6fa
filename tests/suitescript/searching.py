"""What the tests of reading share: a saved search asked for, and its columns as rows."""

from typing import Any

from sandbox.netsuite_standin import Options, SavedSearch, World
from tests.suitescript import restlet
from tests.suitescript.restlet import SEARCH


def ask(
    world: World,
    action: str,
    search: SavedSearch = SEARCH,
    options: Options | None = None,
    **given: object,
) -> Any:  # noqa: ANN401  as the script answers
    """Ask for an action on a saved search; an answer of columns has its rows as well."""
    answer = restlet.ask(world, {"action": action, "search": search.id, **given}, options, search)
    return {**answer, "rows": rows_of(answer)} if "ids" in answer and "values" in answer else answer


def rows_of(answer: Any) -> list[list[Any]]:  # noqa: ANN401
    """Turn the columns of an answer into rows: the id, then values, or value and text shown where both came."""
    columns = [
        [
            value if text is None else [value, text]
            for value, text in zip(values, texts or [None] * len(values), strict=True)
        ]
        for values, texts in zip(answer["values"], answer["texts"], strict=True)
    ]
    return [list(row) for row in zip(map(str, answer["ids"]), *columns, strict=True)]


def read_all(world: World, limit: int, search: SavedSearch = SEARCH, options: Options | None = None) -> list[list[Any]]:
    """Ask for page after page, and give all rows."""
    rows: list[list[Any]] = []
    more = True
    while more:
        answer = ask(world, "search", search, options, after=rows[-1][0] if rows else 0, limit=limit)
        rows += answer["rows"]
        more = answer["more"]
    return rows
