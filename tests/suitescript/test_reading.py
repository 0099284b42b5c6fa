"""What reading answers: columns, values, criteria that stay in force, and its refusals."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox.netsuite_standin import Column, Options, SavedSearch, World
from tests.suitescript import restlet
from tests.suitescript.restlet import SEARCH
from tests.suitescript.searching import ask

SELECTS = SavedSearch(columns=(Column("internalid"), Column("stage", "Stage", kind="select")))


def test_describe_gives_labels_and_falls_back_to_the_field_id() -> None:
    search = SavedSearch(columns=(Column("email", "E-mail address", kind="email"), Column("custentity_region")))
    assert ask(World(), "describe", search)["columns"] == [
        {"name": "email", "label": "E-mail address", "join": None, "type": "email"},
        {"name": "custentity_region", "label": "custentity_region", "join": None, "type": "text"},
    ]


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
    assert ask(world, "measure", search)["count"] == 1
    begun = restlet.ask(world, {"action": "begin", "search": search.id}, search=search)
    assert (begun["count"], begun["last"], begun["ids"]) == (1, "2", [2])


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
    answer = restlet.ask(World(), {"action": "search", "search": SEARCH.id, **given})
    assert answer["ok"] is False
    assert answer["error"]["code"] == code
    assert answer["error"]["message"].endswith(".")
