"""The block of JSON that the page works on: whole, compact, bounded, and safe inside of HTML."""

from dataclasses import replace
from typing import Any

import orjson
import polars as pl
import pytest
from polars import selectors

from assets.report import workbench as at
from assets.report.inputs import ReportInputs, Workplace
from assets.report.workbench import embedded, workbench, workplace_of
from schemas.declaration import Declaration
from tests.assets.report.report_world import empty_world, review, stripe, world

CANDIDATES = {"cus_4": "40 41", "cus_6": "10 60"}


def _block(inputs: ReportInputs) -> Any:  # noqa: ANN401 - JSON
    return orjson.loads(str(workbench(inputs).block))


def _column(table: Any, name: str) -> list[object]:  # noqa: ANN401 - JSON
    column = table["columns"][name]
    if "values" in column:
        return list(column["values"])
    return [None if place is None else column["words"][place] for place in column["at"]]


def _with_candidates() -> pl.DataFrame:
    ids = pl.col("stripe_customer_id").replace_strict(CANDIDATES, default=None, return_dtype=pl.String)
    return review().with_columns(candidate_ids=ids)


def test_rows_are_those_of_the_review_in_its_order_with_both_sides_to_compare() -> None:
    block = _block(world(review=_with_candidates()))
    assert _column(block["rows"], "stripe_customer_id") == review()["stripe_customer_id"].to_list()
    assert _column(block["rows"], "email") == [f"billing@{i}.example" for i in (4, 6, 7)]
    assert _column(block["rows"], "records") == [[40, 41], [10, 60], None]
    assert _column(block["records"], "internal_id") == [10, 40, 41, 60]
    assert _column(block["records"], "company_name") == ["Record 10", "Record 40", "Record 41", "Record 60"]
    assert block["fields"] == [
        ["Name", "name", "company_name"],
        ["E-mail", "email", "email"],
        ["Phone", "phone", "phone"],
    ]


def test_the_likeliest_records_come_first_and_once() -> None:
    ids = ["41 40 60", "10 60", None]
    told = review().with_columns(netsuite_internal_id=pl.Series([40, None, 30]), candidate_ids=pl.Series(ids))
    assert _column(_block(world(review=told))["rows"], "records") == [[40, 41, 60], [10, 60], [30]]


def test_a_column_that_repeats_has_each_value_once_and_an_empty_one_is_left_out() -> None:
    many = pl.concat([review().head(1).with_columns(stripe_customer_id=pl.lit(f"cus_{i}")) for i in range(9)])
    columns = _block(world(review=many.with_columns(decided=pl.lit(None, pl.String))))["rows"]["columns"]
    assert columns["outcome"] == {"words": ["ambiguous"], "at": [0] * 9}
    assert "decided" not in columns


def test_further_columns_of_the_review_are_named_to_be_shown() -> None:
    block = _block(world(review=review().with_columns(last_invoice=pl.lit("INV-7"))))
    assert block["known"] == [["last_invoice", "Last invoice"]]
    assert _column(block["rows"], "last_invoice") == ["INV-7"] * 3


def test_more_rows_or_bytes_than_a_page_can_hold_are_left_out_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(at, "ROWS", 2)
    found = workbench(world())
    assert (found.rows, found.total) == (2, 3)
    monkeypatch.setattr(at, "BYTES", 100)
    found = workbench(world())
    assert (found.rows, found.total) == (1, 3)


def test_a_text_that_all_rows_have_takes_no_room_of_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    same = review().with_columns(
        pl.lit(None, pl.String).alias(name) for name in review().select(selectors.string()).columns
    )
    same = same.with_columns(
        review().select("stripe_customer_id"), reason=pl.lit("r" * 250), outcome=pl.lit("unmatched")
    )
    monkeypatch.setattr(at, "BYTES", 100)
    assert workbench(world(review=same)).rows == 3


def test_long_texts_are_cut_but_for_those_that_decisions_are_checked_by() -> None:
    long = review().with_columns(decided=pl.lit("d" * 400), reason=pl.lit("r" * 400))
    rows = _block(world(review=long))["rows"]
    assert _column(rows, "decided") == ["d" * 400] * 3
    assert _column(rows, "reason") == ["r" * 300 + "…"] * 3


def test_no_value_ends_the_block() -> None:
    hostile = "</script><!--<script>]]>&\u2028\u2029"
    text = str(embedded({"name": hostile}))
    assert not set(text) & set("<>&\u2028\u2029")
    assert orjson.loads(text) == {"name": hostile}


def test_the_mode_is_told_where_a_customer_is_of_test_mode() -> None:
    assert "livemode" not in _block(world())["rows"]["columns"]
    is_live = pl.col("id") != "cus_6"
    told = _block(world(stripe=stripe().with_columns(livemode=is_live)))
    assert _column(told["rows"], "livemode") == [True, False, True]


def test_an_empty_world_has_no_rows() -> None:
    assert _block(empty_world())["rows"]["length"] == 0


def _declared(**changes: object) -> Declaration:
    sides = {
        "stripe": {"export": "s.csv"},
        "netsuite": {"export": "n.csv"},
        "netsuite_fields": {"internal_id": "Internal ID", "company_name": "Name", "email": "Email", "vat": "VAT"},
        "rules": [
            {"stripe": "email", "netsuite": "email"},
            {"stripe": ["name", "metadata.vat"], "netsuite": ["company_name", "vat"]},
        ],
    }
    return Declaration.model_validate({"name": "acme", **sides, **changes})


def test_what_rules_compare_is_compared_side_by_side() -> None:
    assert workplace_of(_declared()).fields == (*Workplace().fields, ("metadata.vat", "vat"))


def test_links_lead_to_the_account_as_far_as_it_is_known() -> None:
    exports = workplace_of(_declared())
    assert (exports.stripe, exports.netsuite) == ("https://dashboard.stripe.com/", "")
    login = {"client_id": "c", "certificate_id": "k", "private_key": "p"}
    found = workplace_of(
        _declared(
            stripe={"api_key": "rk_test_1", "account": "acct_9"},
            netsuite={"account": "1234567_SB1", "mass_search": "customsearch_all", **login},
        )
    )
    assert found.stripe == "https://dashboard.stripe.com/acct_9/"
    assert found.netsuite == "https://1234567-sb1.app.netsuite.com/app/common/entity/custjob.nl?id="


def test_what_is_not_compared_by_its_own_column_is_left_out() -> None:
    place = Workplace(fields=(("name", "company_name"), ("description", "nowhere")))
    inputs = world()
    block = _block(replace(inputs, header=replace(inputs.header, workplace=place)))
    assert block["fields"] == [["Name", "name", "company_name"]]
