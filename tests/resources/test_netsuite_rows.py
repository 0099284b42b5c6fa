"""What the rows of a saved search mean, whichever door gave them as text."""

import polars as pl
import pytest

from resources.extracts import Source
from resources.netsuite_rows import STAGE_VALUE, customers_from_text
from schemas.customers import NetsuiteCustomers
from schemas.errors import AccessError, MistakeError
from schemas.validation import violations

SOURCE = Source("The list", "look at it", AccessError)
FIELDS = {"internal_id": "Internal ID", "inactive": "Off", "stage": "Stage", "region": "Region"}


def customers(
    ids: list[int], inactive: list[str | None], *, stage: str = "Customer", value: str | None = None
) -> pl.DataFrame:
    columns = {"internal_id": ids, "inactive": inactive, "stage": [stage] * len(ids), "region": ["EMEA"] * len(ids)}
    text = pl.DataFrame(columns | ({STAGE_VALUE: [value] * len(ids)} if value else {}))
    as_texts = text.with_columns(pl.col("internal_id").cast(pl.Int64), pl.exclude("internal_id").cast(pl.String))
    return customers_from_text(as_texts, FIELDS, SOURCE)


def test_the_frame_is_the_one_that_every_door_gives_and_custom_columns_come_last() -> None:
    frame = customers([7], ["No"])
    assert frame.columns == [*NetsuiteCustomers.to_schema().columns, "region"]
    assert violations(NetsuiteCustomers, frame, "internal_id") == []
    assert violations(NetsuiteCustomers, customers([], []), "internal_id") == []


@pytest.mark.rule("M2")
@pytest.mark.parametrize(
    ("stage", "value", "is_customer"),
    [("Kunde", "CUSTOMER", True), ("Kunde", None, False), ("Customer", "LEAD", True), ("", None, False)],
)
def test_a_stage_is_customer_by_its_value_or_by_what_is_shown(
    stage: str, value: str | None, *, is_customer: bool
) -> None:
    assert customers([7], [""], stage=stage, value=value)["is_customer"].to_list() == [is_customer]


def test_a_checkbox_has_many_spellings() -> None:
    words = ["Yes", " TRUE", "t", "y", "1", "No", "False", "F ", "n", "0", "", None]
    assert customers(list(range(1, 13)), words)["inactive"].to_list() == [True] * 5 + [False] * 7


def test_what_is_no_checkbox_is_said_with_an_id_and_without_the_text() -> None:
    said = "The list has something else than Yes or No under 'Off' for the id 3 (1 other rows likewise)"
    with pytest.raises(AccessError) as raised:
        customers([2, 3, 4], ["No", "Acme", "Acme"])
    assert str(raised.value).startswith(said)
    assert "Acme" not in str(raised.value)


def test_a_repeated_row_is_dropped_and_the_others_stay_in_their_order() -> None:
    assert customers([5, 3, 5, 9, 3], ["No"] * 5)["internal_id"].to_list() == [5, 3, 9]


def test_differing_rows_of_one_id_are_an_error_of_the_kind_and_in_the_words_of_the_source() -> None:
    with pytest.raises(MistakeError) as raised:
        customers([5, 5, 6], ["No", "Yes", "No"])
    assert type(raised.value) is AccessError
    assert str(raised.value) == "The list has 2 rows of the id 5 that differ in inactive: look at it."
