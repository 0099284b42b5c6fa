"""Who is asked about, from when on, and who need not be, by what the last run found out."""

from datetime import UTC, datetime

import polars as pl
import pytest

from assets.extract.stripe_transactions import OVERLAP, to_ask
from resources.extracts.extract import Known
from schemas.transactions import Candidate

CREATED = datetime(2026, 1, 1, tzinfo=UTC)
READ_AT = datetime(2026, 3, 1, tzinfo=UTC)
FROM_START = int(CREATED.timestamp())
FROM_LAST = int((READ_AT - OVERLAP).timestamp())


def asked(answers: dict[str, tuple[str, bool]] | None, *names: str) -> tuple[list[Candidate], list[str]]:
    stripe = pl.LazyFrame({"id": [*names], "created": [CREATED] * len(names)})
    matches = pl.LazyFrame({"stripe_customer_id": [*names], "outcome": ["unmatched"] * len(names)})
    if answers is None:
        return to_ask(stripe, matches, None)
    rows = [(name, state, None, is_open) for name, (state, is_open) in answers.items()]
    schema = {"stripe_customer_id": pl.String, "state": pl.String, "reason": pl.String, "is_open": pl.Boolean}
    return to_ask(stripe, matches, Known(pl.DataFrame(rows, schema, orient="row"), READ_AT))


@pytest.mark.rule("C2")
@pytest.mark.parametrize(
    ("last", "since"),
    [
        (None, FROM_START),
        ({}, FROM_START),
        ({"cus_1": ("none", False)}, FROM_LAST),
        ({"cus_1": ("none", True)}, FROM_START),
        ({"cus_1": ("unknown", False)}, FROM_START),
    ],
)
def test_only_what_came_after_a_settled_answer_is_looked_at(
    last: dict[str, tuple[str, bool]] | None, since: int
) -> None:
    assert asked(last, "cus_1") == ([Candidate("cus_1", since)], [])


@pytest.mark.rule("C2")
def test_who_has_transacted_is_never_asked_about_again() -> None:
    assert asked({"cus_2": ("transacted", False)}, "cus_1", "cus_2") == ([Candidate("cus_1", FROM_START)], ["cus_2"])


def test_answers_of_an_older_form_do_not_count() -> None:
    frame = pl.DataFrame({"stripe_customer_id": ["cus_1"], "state": ["none"], "reason": [None]})
    stripe = pl.LazyFrame({"id": ["cus_1"], "created": [CREATED]})
    matches = pl.LazyFrame({"stripe_customer_id": ["cus_1"], "outcome": ["unmatched"]})
    assert to_ask(stripe, matches, Known(frame, READ_AT)) == ([Candidate("cus_1", FROM_START)], [])


def test_who_has_a_record_is_not_asked_about() -> None:
    stripe = pl.LazyFrame({"id": ["cus_1"], "created": [CREATED]})
    matches = pl.LazyFrame({"stripe_customer_id": ["cus_1"], "outcome": ["linked"]})
    assert to_ask(stripe, matches, None) == ([], [])
