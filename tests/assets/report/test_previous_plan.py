"""The next exports show what became of a plan that a person carried out."""

from typing import Any

import polars as pl
import pytest

from assets.matching import link_table
from assets.no_values import PLACEHOLDERS
from assets.report.previous_plan import states_of, summary
from schemas.words import LINK_KEY
from tests.link_columns import with_link_columns
from tests.resources.ledger.ledgers import change

METADATA = f"metadata.{LINK_KEY}"


def plan(*rows: Any) -> pl.LazyFrame:  # noqa: ANN401 (Change)
    return pl.LazyFrame([row.__dict__ for row in rows])


def extracts(link: str | None, **record: str | None) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    stripe = pl.LazyFrame({"id": ["cus_1"], METADATA: [link]}, schema={"id": pl.String, METADATA: pl.String})
    schema: dict[str, Any] = {"internal_id": pl.Int64, "is_customer": pl.Boolean} | dict.fromkeys(record, pl.String)
    netsuite = pl.LazyFrame(
        {"internal_id": [1], "is_customer": [True], **{name: [value] for name, value in record.items()}}, schema=schema
    )
    return stripe, with_link_columns(netsuite)


@pytest.mark.rule("D7")
@pytest.mark.parametrize(
    ("field", "link", "record", "state"),
    [
        (METADATA, "1", {}, "done"),
        (METADATA, None, {}, "not yet"),
        (METADATA, "9", {}, "otherwise"),
        ("stripe_id", None, {"stripe_id": " cus_1 "}, "done"),
        ("stripe_id", None, {"stripe_id": ""}, "not yet"),
        ("stripe_id", None, {"stripe_id": "cus_2"}, "otherwise"),
        ("comments", None, {"comments": "VIP\ncus_1"}, "done"),
        ("comments", None, {"comments": "VIP cus_12"}, "not yet"),
    ],
)
def test_a_change_is_done_or_open_or_turned_out_otherwise(
    field: str, link: str | None, record: dict[str, str | None], state: str
) -> None:
    stripe, netsuite = extracts(link, **record)
    found = states_of(plan(change(1, field)), stripe, netsuite, link_table(stripe, netsuite, PLACEHOLDERS)).collect()
    assert found.select("change_id", "state").rows() == [(change(1, field).change_id, state)]


@pytest.mark.parametrize("field", ["stripe_id", "comments", METADATA])
def test_a_record_that_is_gone_turned_out_otherwise(field: str) -> None:
    stripe, netsuite = (side.clear() for side in extracts(None))
    states = states_of(plan(change(1, field)), stripe, netsuite, link_table(stripe, netsuite, PLACEHOLDERS))
    assert states.collect()["state"].to_list() == ["otherwise"]


def test_the_summary_counts_by_field_and_names_the_records() -> None:
    stripe, netsuite = extracts("9", stripe_id="cus_1")
    changes = plan(change(1, "stripe_id"), change(2, "stripe_id"), change(1, METADATA))
    assert [
        (line.field, line.done, line.not_yet, line.otherwise, line.records)
        for line in summary(states_of(changes, stripe, netsuite, link_table(stripe, netsuite, PLACEHOLDERS)))
    ] == [("stripe_id", 1, 0, 1, ("2",)), (METADATA, 0, 0, 1, ("cus_1",))]
