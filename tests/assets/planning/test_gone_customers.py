"""Proves which ids in NetSuite are nobody's, and that a person finds each of them once (X11)."""

from pathlib import Path

import polars as pl
import pytest

from assets.planning.gone_customers import gone_customers
from assets.planning.review_queue import add_gone, still_waiting
from schemas.review import ReviewQueue, where_decided
from schemas.validation import violations
from tests.assets.matching.oracle import Customer, Record
from tests.assets.matching.worlds import START, netsuite_frame, stripe_frame
from tests.reconciling import NETSUITE, declaration, site_at

NO_DECISIONS = pl.LazyFrame(
    schema={"stripe_customer_id": pl.String, "netsuite_internal_id": pl.Int64, "kind": pl.String}
    | {"who": pl.String, "why": pl.String, "decided_at": pl.Datetime("us", "UTC")}
)


def gone(*records: Record, customers: tuple[str, ...] = ("cus_1",)) -> list[tuple[str, str, str]]:
    """Id, ids of the records that name it, and where."""
    stripe = stripe_frame([Customer(id_, START) for id_ in customers])
    rows = gone_customers(stripe, netsuite_frame(records), where_decided("acme")).collect().sort("stripe_customer_id")
    sources = pl.col("reason").str.split(": ").list.first()
    return rows.select("stripe_customer_id", "candidate_ids", sources).rows()


@pytest.mark.rule("X11")
def test_each_id_that_nobody_has_is_there_once_with_all_records_that_name_it() -> None:
    records = (
        Record(12, fields={"stripe_id": "cus_9", "external_id": " cus_9", "comments": "cus_9, cus_8 and cus_1"}),
        Record(7, fields={"stripe_id": "https://dashboard.stripe.com/customers/cus_9"}),
        Record(8, fields={"stripe_id": "cus_1", "external_id": "CRM-7", "comments": "1001 paid cus_"}),
    )
    assert gone(*records) == [("cus_8", "12", "comments"), ("cus_9", "7 12", "comments, external_id, stripe_id")]


@pytest.mark.parametrize(
    "text", ["CUS_1", "cus_1, somebody", "(cus_1)", "gcus_9", "xcus_9", "cus_", "somebody", "\u200bcus_1"]
)
def test_what_may_be_a_customers_id_is_not_gone(text: str) -> None:
    assert gone(Record(7, fields={"stripe_id": text, "external_id": text})) == []


@pytest.mark.parametrize(
    "text", ["cus_Nffr FeUfNV2Hib", "cus_cus_NffrFeUfNV2Hib", "cus_NffrFeUf", "cus_NffrFeUfN...", "cus_nffrfeufnv2hib"]
)
def test_what_is_nearly_a_customers_id_is_not_gone(text: str) -> None:
    fields: dict[str, str | None] = {"stripe_id": text, "external_id": text}
    assert gone(Record(7, fields=fields), customers=("cus_NffrFeUfNV2Hib",)) == []
    assert gone(Record(7, fields=fields), customers=("cus_NffrFeUfNV2Hib", "cus_Mee1eUfNV2Hib0")) == []
    assert gone(Record(7, fields=fields), customers=("cus_Mee1eUfNV2Hib0",)) != []


@pytest.mark.rule("M2")
def test_a_lead_names_nobody() -> None:
    assert gone(Record(7, is_customer=False, fields={"stripe_id": "cus_9"})) == []


def test_rows_of_the_review_hold_what_it_promises_and_a_decision_settles_them() -> None:
    netsuite = netsuite_frame([Record(7, fields={"stripe_id": "cus_9", "company_name": "Acme"})])
    rows = gone_customers(stripe_frame([]), netsuite, where_decided("acme"))
    empty = ReviewQueue.empty().lazy()
    queue = add_gone(empty, rows, netsuite, NO_DECISIONS).collect()
    assert violations(ReviewQueue, queue, "stripe_customer_id") == []
    [row] = queue.rows(named=True)
    assert (row["outcome"], row["candidates"], row["candidate_details"]) == ("gone", 1, "7, Acme")
    assert row["reason"] == "stripe_id: 1 record names this id, and no customer of this Stripe account has it"
    assert "job acme_override" in row["what_to_do"]
    decision = {
        "stripe_customer_id": "cus_9",
        "netsuite_internal_id": None,
        "kind": "never",
        "who": "A",
        "why": "old",
        "decided_at": START,
    }
    settled = add_gone(empty, rows, netsuite, pl.LazyFrame([decision], NO_DECISIONS.collect_schema())).collect()
    assert still_waiting(settled).is_empty()


@pytest.mark.rule("X11")
def test_a_customer_deleted_in_stripe_is_in_the_next_review(tmp_path: Path) -> None:
    with site_at(tmp_path, declaration()) as site:
        assert site.reconcile().success
        assert "gone" not in (site.results / "review.csv").read_text()
        (tmp_path / "netsuite.csv").write_text(NETSUITE.replace("pays late", "cus_1\ncus_77".join('""')))
        assert site.reconcile().success
        review = pl.read_csv(site.results / "review.csv")
        page = (site.results / "report.html").read_text()
    assert review.filter(pl.col("outcome") == "gone")["stripe_customer_id"].to_list() == ["cus_77"]
    assert "1 id that NetSuite names is no customer" in page


@pytest.mark.rule("X10")
def test_what_was_not_read_is_not_gone(tmp_path: Path) -> None:
    with site_at(tmp_path, declaration()) as site:
        assert site.materialize("stripe_customers", month="2026-06-01").success
        rest = ("netsuite_customers", "customer_matches", "write_plan", "review_queue")
        assert site.materialize(*rest).success
        assert site.sync.frames.read("review_queue").filter(pl.col("outcome") == "gone").collect().is_empty()
