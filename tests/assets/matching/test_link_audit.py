"""The link audit: each class of unsound links on a world made by hand (X5)."""

import polars as pl
import pytest

from assets.matching import link_table
from assets.matching.link_audit import audit_links, every_link
from assets.no_values import PLACEHOLDERS
from tests.assets.matching.oracle import Customer, Record
from tests.assets.matching.small_worlds import record
from tests.assets.matching.worlds import START, netsuite_frame, stripe_frame
from tests.assets.planning.plan_oracle import METADATA

CLASSES = ("links_one_sided", "links_crossed", "links_dangling", "links_doubled")


def links(names: dict[str, str | None], *records: Record) -> pl.LazyFrame:
    """The links between customers, each with the record that its metadata names, and records."""
    customers = [Customer(id_, START, {METADATA: named}) for id_, named in names.items()]
    sides = stripe_frame(customers), netsuite_frame(records)
    return every_link(*sides, link_table(*sides, PLACEHOLDERS))


def found(names: dict[str, str | None], *records: Record) -> dict[str, list[str]]:
    classes = audit_links(links(names, *records))
    assert tuple(classes) == CLASSES
    subjects = {name: sorted(frame.collect().get_column("subject")) for name, frame in classes.items()}
    return {name.removeprefix("links_"): ids for name, ids in subjects.items() if ids}


@pytest.mark.rule("X5")
@pytest.mark.parametrize("field", ["stripe_id", "external_id"])
def test_link_on_both_sides_is_sound(field: str) -> None:
    assert found({"cus_1": " 7", "cus_2": None}, record(7, {field: "cus_1 "}), record(8)) == {}


def test_all_traces_of_one_pair_are_sound() -> None:
    assert found({"cus_1": "7"}, record(7, stripe_id="cus_1", external_id="cus_1", comments="cus_1")) == {}


@pytest.mark.rule("X5")
def test_one_sided_is_a_link_that_one_system_shows() -> None:
    assert found({"cus_1": "7", "cus_2": None}, record(7), record(8, external_id="cus_2")) == {
        "one_sided": ["cus_1", "cus_2"]
    }


@pytest.mark.rule("X5")
def test_comments_alone_are_a_note_and_no_link() -> None:
    assert found({"cus_1": None, "cus_2": "8"}, record(7, comments="cus_1"), record(8, comments="cus_1 cus_2")) == {
        "one_sided": ["cus_2"]
    }


@pytest.mark.rule("X5")
def test_crossed_is_a_customer_whose_record_names_somebody_else() -> None:
    records = (record(7, stripe_id="cus_2"), record(8, stripe_id="cus_1"))
    assert found({"cus_1": "7", "cus_2": "8"}, *records) == {
        "one_sided": ["cus_1", "cus_2"],
        "crossed": ["cus_1", "cus_2"],
        "doubled": ["cus_1", "cus_2"],
    }


@pytest.mark.rule("X5")
@pytest.mark.parametrize("named", ["9", "seven", "007", "99999999999999999999"])
def test_metadata_that_names_no_record_dangles(named: str) -> None:
    assert found({"cus_1": named}, record(7)) == {"dangling": ["cus_1"]}


@pytest.mark.rule("X5")
@pytest.mark.parametrize(
    ("field", "text", "dangles"),
    [
        ("stripe_id", "cus_9", True),
        ("stripe_id", "somebody", True),
        ("stripe_id", " ", False),
        ("external_id", " cus_9", True),
        ("external_id", "CRM-00118", False),
        ("external_id", "cus_", False),
        ("comments", "cus_9", False),
    ],
)
def test_record_that_names_no_customer_dangles(field: str, text: str, *, dangles: bool) -> None:
    assert found({"cus_1": None}, record(7, {field: text})) == ({"dangling": ["7"]} if dangles else {})


@pytest.mark.rule("M2")
def test_lead_is_no_record_for_any_link() -> None:
    """Metadata that names a lead dangles; what the lead itself says is not looked at."""
    lead = record(7, is_customer=False, stripe_id="cus_1", external_id="cus_9")
    assert found({"cus_1": "7"}, lead) == {"dangling": ["cus_1"]}


def test_inactive_record_is_a_record() -> None:
    assert found({"cus_1": "7"}, record(7, inactive=True, stripe_id="cus_1")) == {}


@pytest.mark.rule("X5")
def test_doubled_is_a_customer_with_two_records() -> None:
    records = (record(7, stripe_id="cus_1"), record(8, external_id="cus_1"))
    assert found({"cus_1": "7"}, *records) == {"one_sided": ["cus_1"], "doubled": ["cus_1"]}


@pytest.mark.rule("X5")
def test_doubled_is_a_record_with_two_customers() -> None:
    assert found({"cus_1": "7", "cus_2": "7"}, record(7, stripe_id="cus_1")) == {
        "one_sided": ["cus_2"],
        "crossed": ["cus_2"],
        "doubled": ["cus_1", "cus_2"],
    }


def test_world_without_links_is_sound() -> None:
    assert found({"cus_1": None}, record(7)) == {}
    assert found({}) == {}
