"""What the RESTlet answers when it is asked for customers: columns, pages by keyset, limits, and its refusals."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from sandbox.netsuite_standin import STANDARD_COLUMNS, Column, Options, SavedSearch, World, script
from sandbox.netsuite_standin.script import Host

SOURCE = script.RESTLET.read_text(encoding="utf-8")
SEARCH = SavedSearch(columns=STANDARD_COLUMNS)
SELECTS = SavedSearch(columns=(Column("internalid"), Column("stage", "Stage", kind="select")))


def ask(
    world: World,
    action: str,
    search: SavedSearch = SEARCH,
    options: Options | None = None,
    **given: object,
) -> Any:  # noqa: ANN401  as the script answers
    host = Host(world, options or Options(), {search.id: search})
    answer: Any = script.run(SOURCE, "post", {"action": action, "search": search.id, **given}, host)
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
    rows: list[list[Any]] = []
    more = True
    while more:
        answer = ask(world, "search", search, options, after=rows[-1][0] if rows else 0, limit=limit)
        rows += answer["rows"]
        more = answer["more"]
    return rows


def test_describe_gives_labels_and_falls_back_to_the_field_id() -> None:
    search = SavedSearch(columns=(Column("email", "E-mail address", kind="email"), Column("custentity_region")))
    assert ask(World(), "describe", search)["columns"] == [
        {"name": "email", "label": "E-mail address", "join": None, "type": "email"},
        {"name": "custentity_region", "label": "custentity_region", "join": None, "type": "text"},
    ]


@pytest.mark.parametrize("size", [0, 1, 2, 999, 1000, 1001, 2500])
@pytest.mark.parametrize("limit", [7, 1000, 5000])
def test_pages_hold_every_customer_once_in_the_order_of_ids(size: int, limit: int) -> None:
    if size > 1000 and limit == 7:
        limit = 150
    world = World()
    for n in range(size):
        world.insert(3 * n + 2)
    assert [int(row[0]) for row in read_all(world, limit)] == [3 * n + 2 for n in range(size)]


@pytest.mark.rule("X10")
def test_rows_that_come_and_go_between_pages_neither_double_nor_hide_others() -> None:
    world = World()
    for n in range(1, 301):
        world.insert(10 * n)
    steady = {10 * n for n in range(1, 301)} - {20, 1500}

    def meanwhile() -> None:
        world.delete(20)
        world.delete(1500)
        world.insert(5)
        world.insert(2005)

    world.interfere("search.getRange", meanwhile, skip=2)
    ids = [int(row[0]) for row in read_all(world, 50)]
    assert ids == sorted(set(ids))
    assert steady <= set(ids)


def test_one_answer_may_take_several_steps_but_not_more_rows_than_asked_for() -> None:
    world = World()
    for _ in range(3_100):
        world.insert()
    answer = ask(world, "search", limit=3000)
    assert answer["more"]
    assert 2_990 <= len(answer["rows"]) <= 3_000


def test_an_answer_ends_before_the_units_do() -> None:
    world = World()
    for _ in range(3_000):
        world.insert()
    answer = ask(world, "search", options=Options(units=150), limit=5000)
    assert answer["more"]
    assert 990 <= len(answer["rows"]) <= 2_000


def test_an_answer_ends_before_the_time_does() -> None:
    world = World()
    for _ in range(3_000):
        world.insert()
    answer = ask(world, "search", options=Options(operation_seconds=90), limit=5000)
    assert answer["more"]
    assert 990 <= len(answer["rows"]) <= 2_000


def test_an_answer_ends_before_it_is_too_large() -> None:
    world = World()
    for _ in range(3_000):
        world.insert(comments="x" * 3_900)
    answer = ask(world, "search", limit=5000)
    assert answer["more"]
    assert 700 <= len(answer["rows"]) <= 800


def test_long_comments_of_three_bytes_a_letter_fit_into_units_and_bytes() -> None:
    world = World()
    comments = "\u4e8c" * 3_900
    for _ in range(900):
        world.insert(comments=comments)
    read = []
    more = True
    while more:
        answer = ask(world, "search", limit=5000, after=read[-1][0] if read else 0, columns=[3])
        assert len(orjson.dumps([answer["ids"], answer["values"]])) < 10_000_000
        read += answer["rows"]
        more = answer["more"]
    assert [row[1] for row in read] == [comments] * 900


def test_rows_of_one_customer_are_never_torn_apart() -> None:
    world = World()
    for n in range(1, 40):
        world.insert(n, contacts=[f"contact {k}" for k in range(n % 4)])
    search = SavedSearch(columns=(Column("internalid"), Column("name", join="contact")))
    rows = read_all(world, 5, search)
    assert len(rows) == ask(world, "measure", search)["count"]
    assert [row[0] for row in rows] == sorted((row[0] for row in rows), key=int)
    assert len({tuple(row) for row in rows}) == len(rows)


def test_a_join_that_gives_more_rows_for_one_customer_than_fit_is_refused() -> None:
    world = World()
    world.insert(1, contacts=[f"contact {k}" for k in range(10)])
    search = SavedSearch(columns=(Column("internalid"), Column("name", join="contact")))
    answer = ask(world, "search", search, limit=5)
    assert answer["error"]["code"] == "ROWS_MULTIPLIED"


@pytest.mark.parametrize("result_ids", ["text", "number"])
def test_values_come_with_the_text_shown_where_it_differs(result_ids: Any) -> None:  # noqa: ANN401
    world = World()
    world.insert(4, stage="LEAD")
    options = Options(result_ids=result_ids, stage_texts={"LEAD": "Interessent"})
    assert ask(world, "search", SELECTS, options)["rows"] == [["4", "4", ["LEAD", "Interessent"]]]


@pytest.mark.parametrize(("booleans", "value"), [("boolean", "Yes"), ("letter", "T")])
def test_a_checkbox_is_a_text_too(booleans: Any, value: str) -> None:  # noqa: ANN401
    world = World()
    world.insert(4, isinactive=True)
    search = SavedSearch(columns=(Column("isinactive", kind="checkbox"),))
    assert ask(world, "search", search, Options(booleans=booleans))["rows"] == [["4", value]]


@pytest.mark.rule("W3")
def test_a_customer_deleted_behind_the_search_does_not_stop_the_page() -> None:
    world = World()
    for number in (4, 5, 6):
        world.insert(number, comments=f"{number}" * 4_000)
    world.interfere("record.load", lambda: world.delete(5), skip=1)
    assert [row[0] for row in ask(world, "search")["rows"]] == ["4", "5", "6"]
    assert [row[0] for row in ask(world, "search")["rows"]] == ["4", "6"]


def test_comments_that_the_search_cuts_are_read_from_the_record() -> None:
    world = World()
    comments = "é" * 2_500 + " cus_1"
    world.insert(4, comments=comments)
    search = SavedSearch(columns=(Column("comments", kind="textarea"),))
    assert ask(world, "search", search)["rows"] == [["4", comments]]


def test_two_formula_columns_of_one_name_keep_their_values() -> None:
    world = World()
    world.insert(4, companyname="Acme", email="a@example.com")
    columns = (Column("formulatext", "A", formula="{companyname}"), Column("formulatext", "B", formula="<{email}>"))
    assert ask(world, "search", SavedSearch(columns=columns))["rows"] == [["4", "Acme", "<a@example.com>"]]


def test_only_the_wanted_columns_travel() -> None:
    world = World()
    world.insert(4, email="a@example.com")
    assert ask(world, "search", columns=[4])["rows"] == [["4", "a@example.com"]]
    assert ask(world, "search", columns=[])["rows"] == [["4"]]
    assert ask(world, "search", columns=[9])["error"]["code"] == "COLUMNS_CHANGED"
    assert ask(world, "search", columns=[-1])["error"]["code"] == "WRONG_TYPE"


def test_the_criteria_of_the_saved_search_stay_in_force() -> None:
    world = World()
    world.insert(1, stage="LEAD")
    world.insert(2)
    world.insert(3, isinactive=True)
    search = replace(SEARCH, filters=(("stage", "anyof", "CUSTOMER"), "AND", (("isinactive", "is", "F"),)))
    assert [row[0] for row in ask(world, "search", search)["rows"]] == ["2"]
    since = "2020-01-01T00:00:00Z"
    assert [row[0] for row in ask(world, "search", search, until=9, ids=[1, 2], since=since)["rows"]] == ["2"]
    measured = ask(world, "measure", search)
    assert (measured["count"], measured["first"], measured["last"]) == (1, "2", "2")


def test_some_customers_can_be_asked_for_by_id() -> None:
    world = World()
    for n in range(1, 6):
        world.insert(n)
    assert [row[0] for row in ask(world, "search", ids=["4", 2, 99])["rows"]] == ["2", "4"]


@pytest.mark.parametrize("date_format", ["M/D/YYYY", "D.M.YYYY", "YYYY-MM-DD"])
def test_changed_since_finds_too_many_rather_than_too_few(date_format: Any) -> None:  # noqa: ANN401
    now = datetime(2026, 3, 10, 12, tzinfo=UTC)
    world = World()
    for days in (0, 1, 2, 5):
        world.now = lambda days=days: now - timedelta(days=days)  # type: ignore[misc]
        world.insert(100 - days)
    options = Options(date_format=date_format)
    answer = ask(world, "search", options=options, since=(now - timedelta(days=1)).isoformat())
    assert [row[0] for row in answer["rows"]] == ["98", "99", "100"]


def test_a_range_of_ids_can_be_asked_for() -> None:
    world = World()
    for n in range(1, 10):
        world.insert(n)
    assert [row[0] for row in ask(world, "search", after=3, until=6)["rows"]] == ["4", "5", "6"]


def test_exist_says_which_ids_are_customers() -> None:
    world = World()
    world.insert(5)
    world.insert(6, stage="LEAD")
    assert ask(world, "exist", ids=["5", "6", "7"])["ids"] == ["5", "6"]


@pytest.mark.parametrize(
    ("search", "code"),
    [
        (replace(SEARCH, record_type="vendor"), "NOT_A_CUSTOMER_SEARCH"),
        (SavedSearch(columns=(Column("email", summary="GROUP"),)), "SUMMARY_COLUMN"),
    ],
)
def test_a_search_that_cannot_be_read_by_id_is_refused(search: SavedSearch, code: str) -> None:
    assert ask(World(), "search", search)["error"]["code"] == code


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"search": "customsearch_gone"}, "INVALID_SEARCH"),
        ({"search": 5}, "WRONG_TYPE"),
        ({"limit": 0}, "WRONG_TYPE"),
        ({"limit": 5001}, "WRONG_TYPE"),
        ({"limit": "many"}, "WRONG_TYPE"),
        ({"after": -1}, "WRONG_TYPE"),
        ({"since": "yesterday"}, "WRONG_TYPE"),
        ({"ids": []}, "WRONG_TYPE"),
        ({"ids": list(range(1, 1002))}, "WRONG_TYPE"),
        ({"ids": "1,2"}, "WRONG_TYPE"),
        ({"columns": "all"}, "WRONG_TYPE"),
    ],
)
def test_a_wrong_request_gets_a_code_and_a_sentence(given: dict[str, object], code: str) -> None:
    host = Host(World(), Options(), {SEARCH.id: SEARCH})
    answer: Any = script.run(SOURCE, "post", {"action": "search", "search": SEARCH.id, **given}, host)
    assert answer["ok"] is False
    assert answer["error"]["code"] == code
    assert answer["error"]["message"].endswith(".")


@pytest.mark.parametrize("body", ["text", None, [], {"action": "toString"}, {"action": None}, {}])
def test_what_is_not_a_request_is_answered_too(body: object) -> None:
    answer: Any = script.run(SOURCE, "post", body, Host(World(), Options(), {}))  # type: ignore[arg-type]
    assert answer["error"]["code"] in {"WRONG_TYPE", "UNKNOWN_ACTION"}


def test_health_names_the_permissions_that_are_missing() -> None:
    whole: Any = ask(World(), "health")
    assert (whole["account"], whole["environment"], whole["missing"]) == ("1234567_SB1", "SANDBOX", [])
    poor: Any = ask(World(), "health", options=Options(permissions={"LIST_CUSTJOB": 1}))
    assert poor["missing"] == ["Lists > Customers (Edit)", "Lists > Perform Search (View)"]
