"""The pure parts of the page's script, run as they are in a JavaScript engine."""

import csv
import io
import json
from pathlib import Path
from typing import Any
from unicodedata import category

import polars as pl
import pytest
import quickjs
from hypothesis import given, settings
from hypothesis import strategies as st

import assets.report
from assets.keys import key
from resources.storage.csv import write_for_people

SCRIPT = Path(assets.report.__file__).with_name("script")
PURE = ("text", "difference", "rows", "decisions")
COLUMNS = ("stripe_customer_id", "outcome", "reason", "what_to_do", "email", "name", "decided", "decision", "why")


@pytest.fixture(scope="module")
def script() -> quickjs.Context:
    context = quickjs.Context()
    for name in PURE:
        context.eval((SCRIPT / f"{name}.js").read_text("utf-8"))
    return context


def _call(script: quickjs.Context, expression: str, *given_: object) -> Any:  # noqa: ANN401 - as the script answers
    arguments = ", ".join(json.dumps(each) for each in given_)
    return json.loads(script.eval(f"JSON.stringify(({expression})({arguments}))"))


def _marked(script: quickjs.Context, one: str, other: str) -> tuple[str, str]:
    """Both values with what differs in brackets."""
    sides = _call(script, "difference", one, other)
    return tuple("".join(p["text"] if p["same"] else f"[{p['text']}]" for p in side) for side in sides)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("one", "other", "marked"),
    [
        ("Acme GmbH", "ACME  gmbh", ("Acme GmbH", "ACME  gmbh")),
        ("José", "Jose\u0301", ("José", "Jose\u0301")),
        ("José", "Jose", ("Jos[é]", "Jos[e]")),
        ("Straße", "STRASSE", ("Straße", "STRASSE")),
        ("Meyer", "Meier", ("Me[y]er", "Me[i]er")),
        ("Acme", "Acme Inc", ("Acme", "Acme [Inc]")),
        ("a😀b", "a😁b", ("a[😀]b", "a[😁]b")),
    ],
)
def test_what_differs_by_key_is_marked(script: quickjs.Context, one: str, other: str, marked: tuple[str, str]) -> None:
    assert _marked(script, one, other) == marked


WORDS = st.text(st.sampled_from("aAbBßsſéeE\u0301 \u00a0\u200bİi"), max_size=8)


@settings(max_examples=300, deadline=None)
@given(WORDS, WORDS)
def test_nothing_is_marked_exactly_where_keys_are_equal(one: str, other: str) -> None:
    context = quickjs.Context()
    for name in PURE[:2]:
        context.eval((SCRIPT / f"{name}.js").read_text("utf-8"))
    sides = _call(context, "difference", one, other)
    assert ["".join(piece["text"] for piece in side) for side in sides] == [one, other]
    is_equal = (key(one) or "") == (key(other) or "")
    assert all(piece["same"] for side in sides for piece in side) == is_equal


def test_texts_too_long_to_compare_letter_by_letter_are_marked_in_the_middle(script: quickjs.Context) -> None:
    one, other = "x" + "ab" * 400 + "y", "x" + "ba" * 401 + "y"
    left, right = _marked(script, one, other)
    assert left.startswith("x[")
    assert right.endswith("]y")


CLASSES = """(points) => points.map((point) => unitsOf(String.fromCodePoint(point)).join(""))"""


def test_characters_are_equal_here_that_are_equal_by_key(script: quickjs.Context) -> None:
    """Every letter that has case, a decomposition or no place in a key, beside some that have none."""
    points = [p for p in range(0x2FA20) if not 0xD800 <= p < 0xE000 and (key(chr(p)) != chr(p) or p % 97 == 0)]
    points = [point for point in points if category(chr(point)) not in {"Cn", "Co"}]
    found = _call(script, CLASSES, points)
    assert len(points) > 10_000
    assert len(dict.fromkeys(found)) == len({key(chr(point)) for point in points})
    both = {(here, key(chr(point))) for here, point in zip(found, points, strict=True)}
    assert len(both) == len({here for here, _ in both})


ROWS = {
    "length": 4,
    "columns": {
        "stripe_customer_id": {"values": ["cus_1", "cus_2", "cus_3", "cus_4"]},
        "outcome": {"words": ["broken", "conflict"], "at": [0, 1, 1, None]},
        "name": {"values": ["Zoë", "acme", None, "Müller"]},
        "records": {"values": [[7], None, [8], None]},
    },
}
RECORDS = {"length": 1, "columns": {"internal_id": {"values": [7]}, "company_name": {"values": ["Größe AG"]}}}

HITS = """(rows, records, wanted) => {
  const [table, other] = [tableOf(rows), tableOf(records)];
  const search = searchTexts(table, other, new Map([[7, 0]]));
  while (search.more(3));
  return hitsOf(table, () => search.texts, wanted, (id) => id === "cus_3");
}"""


@pytest.mark.parametrize(
    ("wanted", "hits"),
    [
        ({}, [0, 1, 2, 3]),
        ({"text": "MULLER"}, [3]),
        ({"text": "größe ag"}, [0]),
        ({"text": "8"}, [2]),
        ({"outcome": "conflict"}, [1, 2]),
        ({"ticked": "yes"}, [2]),
        ({"ticked": "no"}, [0, 1, 3]),
        ({"sort": "name"}, [1, 3, 0, 2]),
        ({"sort": "outcome"}, [0, 1, 2, 3]),
        ({"text": "cus", "outcome": "conflict", "sort": "name"}, [1, 2]),
    ],
)
def test_rows_are_found_and_ordered(script: quickjs.Context, wanted: dict[str, str], hits: list[int]) -> None:
    whole = {"text": "", "outcome": "", "group": "", "ticked": "", "sort": ""} | wanted
    assert _call(script, HITS, ROWS, RECORDS, whole) == hits


def test_values_are_offered_the_most_frequent_first(script: quickjs.Context) -> None:
    expression = "(rows) => frequent(tableOf(rows), 'outcome', 9)"
    assert _call(script, expression, ROWS) == [["conflict", 2], ["broken", 1]]


CELLS = st.text(st.sampled_from("=+-@＝'| \t\n\r\",;aé1"), max_size=6)


@settings(max_examples=300, deadline=None)
@given(st.lists(CELLS, min_size=2, max_size=2))
def test_cells_are_those_that_review_csv_would_have(tmp_path_factory: pytest.TempPathFactory, cells: list[str]) -> None:
    context = quickjs.Context()
    context.eval((SCRIPT / "decisions.js").read_text("utf-8"))
    line = dict.fromkeys(COLUMNS, "") | {"stripe_customer_id": "cus_1", "name": cells[0], "email": cells[1], "why": "x"}
    written = _call(context, "decisionsCsv", [line], "")
    ours = next(csv.DictReader(io.StringIO(written, newline="")))
    path = tmp_path_factory.getbasetemp() / "cells.csv"
    write_for_people(pl.DataFrame({"name": [cells[0]], "email": [cells[1]]}), path)
    with path.open(encoding="utf-8", newline="") as file:
        theirs = next(csv.DictReader(file))
    assert {name: ours[name] for name in theirs} == theirs


def test_a_decision_without_a_reason_gets_the_one_for_all(script: quickjs.Context) -> None:
    lines = [{"decision": "7", "why": " asked "}, {"decision": "never", "why": ""}]
    rows = list(csv.DictReader(io.StringIO(_call(script, "decisionsCsv", lines, "test data"))))
    assert tuple(rows[0]) == COLUMNS
    assert [(row["decision"], row["why"]) for row in rows] == [("7", "asked"), ("never", "test data")]


@pytest.mark.parametrize(
    ("text", "decision"),
    [
        (" 7 ", "7"),
        ("never", "never"),
        ("later", "later"),
        ("07", None),
        ("0", None),
        ("-7", None),
        ("7.0", None),
        ("x", None),
    ],
)
def test_only_an_internal_id_or_a_word_is_a_decision(script: quickjs.Context, text: str, decision: str | None) -> None:
    assert _call(script, "asDecision", text) == decision
