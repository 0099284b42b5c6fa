"""Two declarations on the same inputs: who would be linked otherwise, with both reasons, and nothing written (X12)."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from polars.testing import assert_frame_equal

from assets.reconciliation import Reconciliation
from assets.replay.compare import CHANGES, counts, differences, linked_by
from assets.replay.inputs import Inputs, inputs_of, making_of
from assets.replay.second_inputs import frames_for
from resources.extracts.extract import Extract
from schemas.declaration import Declaration
from schemas.errors import UserError
from tests.assets.matching.oracle import World
from tests.assets.matching.small_worlds import customer, record, world
from tests.assets.matching.worlds import worlds
from tests.assets.replay.kept_worlds import FIELDS, declared, opened, run
from tests.assets.replay.test_replay import DECLARATIONS

EMAIL = {"stripe": "email", "netsuite": "email"}
NAME = {"stripe": "name", "netsuite": "company_name"}

WORLD = world(
    customer("cus_both", email="a@acme.example", name="Acme"),
    customer("cus_mail", email="b@acme.example"),
    customer("cus_name", name="Cee"),
    customer("cus_none", email="nobody@acme.example"),
    customer("cus_same", email="d@acme.example", name="Dee"),
    record(1, email="a@acme.example"),
    record(2, company_name="acme"),
    record(3, email="b@acme.example"),
    record(4, company_name="CEE"),
    record(5, email="d@acme.example", company_name="Dee"),
)


def kept(sync: Reconciliation) -> Inputs:
    making = making_of(sync, "")
    return inputs_of(sync.kept_inputs, making, making.matching)


def compared(inputs: Inputs, other: Declaration, reading: Reconciliation | None = None) -> pl.DataFrame:
    frames = frames_for(inputs, "other.yaml", other, reading, lambda _: None)
    before = linked_by(inputs.declaration, inputs.frames, inputs.overrides)
    return differences(before, linked_by(other, frames, inputs.overrides), inputs.stripe)


@pytest.mark.rule("X12")
@settings(max_examples=6)
@given(found=worlds(), declaration=DECLARATIONS)
def test_a_declaration_links_nobody_otherwise_than_itself(found: World, declaration: Declaration) -> None:
    with TemporaryDirectory() as folder:
        sync = opened(Path(folder), declaration)
        run(sync, found)
        assert compared(kept(sync), declaration).is_empty()


@pytest.mark.rule("X12")
def test_each_customer_that_is_linked_otherwise_is_listed_with_both_reasons(tmp_path: Path) -> None:
    sync = opened(tmp_path, declared(rules=[EMAIL]))
    run(sync, WORLD)
    rows = compared(kept(sync), declared(rules=[NAME]))
    assert counts(rows) == {"other_record": 1, "newly_linked": 1, "no_longer_linked": 1, "otherwise_decided": 1}
    shown = rows.select(
        "change", "stripe_customer_id", "record_before", "record_after", "evidence_before", "evidence_after"
    )
    by_email, by_name = "email = email", "name = company_name"
    assert shown.rows() == [
        ("other_record", "cus_both", 1, 2, by_email, by_name),
        ("newly_linked", "cus_name", None, 4, None, by_name),
        ("no_longer_linked", "cus_mail", 3, None, by_email, None),
        ("otherwise_decided", "cus_same", 5, 5, by_email, by_name),
    ]
    first = rows.row(0, named=True)
    assert (first["email"], first["name"]) == ("a@acme.example", "Acme")
    assert first["reason_before"] != first["reason_after"]


def test_a_doubted_pair_that_is_held_back_counts_as_not_linked(tmp_path: Path) -> None:
    crowd = [customer(f"cus_{n}", email="shared@acme.example") for n in range(1, 6)]
    sync = opened(tmp_path, declared(rules=[EMAIL], on_doubt="note"))
    run(sync, world(*crowd, record(1, email="shared@acme.example")))
    rows = compared(kept(sync), declared(rules=[EMAIL], on_doubt="refuse"))
    assert counts(rows) == {**dict.fromkeys(CHANGES, 0), "no_longer_linked": 5}
    assert rows.item(0, "reason_after").endswith("; held back, as it is doubted (on_doubt: refuse)")


def test_decisions_of_then_hold_for_both(tmp_path: Path) -> None:
    sync = opened(tmp_path, declared(rules=[EMAIL]))
    run(sync, replace(WORLD, overrides={"cus_both": None, "cus_mail": 5}))
    rows = compared(kept(sync), declared(rules=[]))
    assert rows.get_column("stripe_customer_id").to_list() == ["cus_same"]


def unmapped(*names: str) -> Mapping[str, str]:
    return {name: label for name, label in FIELDS.items() if name not in names}


def test_what_another_declaration_does_not_map_counts_as_not_there(tmp_path: Path) -> None:
    linked = world(customer(), customer("cus_2"), record(1, stripe_id="cus_1"), record(2, external_id="cus_2"))
    sync = opened(tmp_path, declared())
    run(sync, linked)
    rows = compared(kept(sync), declared(netsuite_fields=unmapped("stripe_id", "crm", "stage")))
    assert rows.select("change", "stripe_customer_id", "record_before").rows() == [("no_longer_linked", "cus_1", 1)]


class Fresh:
    """A reader of export files that gives these rows."""

    source = "netsuite.csv"

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame

    def customers(self, *_: object) -> Extract:
        return Extract(self._frame, self._frame.height)


MORE = declared(netsuite_fields={**FIELDS, "vat": "VAT No."}, rules=[{"stripe": "name", "netsuite": "vat"}])


def reading(sync: Reconciliation, frame: pl.DataFrame) -> Reconciliation:
    return replace(sync, netsuite=Fresh(frame))  # type: ignore[arg-type]  # only what is asked here


def test_a_column_that_was_not_read_is_read_from_the_same_file(tmp_path: Path) -> None:
    sync = opened(tmp_path, declared(rules=[EMAIL]))
    run(sync, WORLD)
    inputs = kept(sync)
    fresh = inputs.netsuite.collect().with_columns(vat=pl.lit("Dee"))
    rows = compared(inputs, MORE, reading(sync, fresh.reverse()))
    assert "cus_same" in rows.filter(pl.col("evidence_after") == "name = vat").get_column("stripe_customer_id")


def test_a_file_that_holds_others_now_is_refused(tmp_path: Path) -> None:
    sync = opened(tmp_path, declared(rules=[EMAIL]))
    run(sync, WORLD)
    inputs = kept(sync)
    fresh = inputs.netsuite.collect().with_columns(vat=pl.lit("Dee"), email=pl.lit("new@acme.example"))
    said = r"^other.yaml needs NetSuite's vat, .* netsuite.csv is no longer what the plan was made from: 5 rows differ"
    with pytest.raises(UserError, match=said):
        compared(inputs, MORE, reading(sync, fresh))


def test_without_files_it_says_which_column_to_add(tmp_path: Path) -> None:
    sync = opened(tmp_path, declared(rules=[EMAIL]))
    run(sync, WORLD)
    with pytest.raises(UserError, match=r"^other.yaml needs NetSuite's vat, which was not read for the plan"):
        compared(kept(sync), MORE)
    other = declared(rules=[{"stripe": "metadata.erp", "netsuite": "email"}])
    with pytest.raises(UserError, match=r"^other.yaml needs Stripe's metadata.erp, which was not read for the plan"):
        compared(kept(sync), other)


def test_a_customer_of_one_side_only_is_shown(tmp_path: Path) -> None:
    sync = opened(tmp_path, declared(rules=[EMAIL]))
    run(sync, WORLD)
    inputs = kept(sync)
    before = linked_by(inputs.declaration, inputs.frames, inputs.overrides)
    rows = differences(before.filter(pl.col("stripe_customer_id") != "cus_both"), before, inputs.stripe)
    assert_frame_equal(
        rows.select("change", "stripe_customer_id", "outcome_before"),
        pl.DataFrame(
            {"change": ["newly_linked"], "stripe_customer_id": ["cus_both"], "outcome_before": [None]},
            schema_overrides={"outcome_before": pl.String},
        ),
    )
