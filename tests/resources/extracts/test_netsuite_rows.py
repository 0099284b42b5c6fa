"""What the rows of a saved search mean, whichever reader gave them as text."""

import polars as pl
import pytest

from resources.extracts.extract import UnknownWords
from resources.extracts.netsuite_rows import STAGE_VALUE, NetsuiteRows, customers_from_text
from resources.extracts.unique import RowSource
from schemas.customers import NetsuiteCustomers
from schemas.errors import AccessError, UserError
from schemas.system_words import BUILT_IN, SystemWords
from schemas.validation import violations

SOURCE = RowSource("The list", "look at it", AccessError)
FIELDS = {"internal_id": "Internal ID", "inactive": "Off", "stage": "Stage", "region": "Region"}


def customers(
    ids: list[int],
    inactive: list[str | None],
    *,
    stage: str | None = "Customer",
    value: str | None = None,
    words: SystemWords = BUILT_IN,
) -> pl.DataFrame:
    return understood(ids, inactive, stage=stage, value=value, words=words).frame


def understood(
    ids: list[int],
    inactive: list[str | None],
    *,
    stage: str | None = "Customer",
    value: str | None = None,
    words: SystemWords = BUILT_IN,
) -> NetsuiteRows:
    columns = {"internal_id": ids, "inactive": inactive, "stage": [stage] * len(ids), "region": ["EMEA"] * len(ids)}
    text = pl.DataFrame(columns | ({STAGE_VALUE: [value] * len(ids)} if value else {}))
    as_texts = text.with_columns(pl.col("internal_id").cast(pl.Int64), pl.exclude("internal_id").cast(pl.String))
    return customers_from_text(as_texts, FIELDS, SOURCE, words)


def test_the_frame_is_the_one_that_every_door_gives_and_custom_columns_come_last() -> None:
    frame = customers([7], ["No"])
    assert frame.columns == [*NetsuiteCustomers.to_schema().columns, "region"]
    assert violations(NetsuiteCustomers, frame, "internal_id") == []
    assert violations(NetsuiteCustomers, customers([], []), "internal_id") == []


@pytest.mark.rule("M2")
@pytest.mark.parametrize(
    ("stage", "value", "is_customer"),
    [
        ("Neukunden", "CUSTOMER", True),
        ("Customer", "LEAD", False),
        ("CUSTOMER-Closed Won", "13", True),
        ("Kunde", None, True),
        ("LEAD-Unqualified", None, False),
    ],
)
def test_a_stage_is_customer_by_its_internal_value_and_else_by_what_is_shown(
    stage: str, value: str | None, *, is_customer: bool
) -> None:
    assert customers([7], [""], stage=stage, value=value)["is_customer"].to_list() == [is_customer]


def test_a_checkbox_has_many_spellings() -> None:
    words = ["Yes", " TRUE", "t", "y", "1", "No", "False", "F ", "n", "0", "", None]
    assert customers(list(range(1, 13)), words)["inactive"].to_list() == [True] * 5 + [False] * 7


def test_words_in_no_list_are_counted_by_column_the_most_frequent_first() -> None:
    rows = understood([2, 3, 4, 5], ["No", "Zu", "Zu", "Auf"])
    assert rows.unknown == (UnknownWords("inactive", 2, {"Zu": 2, "Auf": 1}),)
    assert understood([2, 3], ["No", "Yes"], stage="Neu").unknown == (UnknownWords("stage", 1, {"Neu": 2}),)
    assert understood([2], ["No"], stage="Neu", value="LEAD").unknown == ()


@pytest.mark.rule("M2")
@pytest.mark.parametrize("blank", [None, "", " \u200b"])
def test_a_blank_stage_is_unknown_and_a_blank_checkbox_is_not_ticked(blank: str | None) -> None:
    [unknown] = understood([7], [blank], stage=blank).unknown
    assert (unknown.column, sum(unknown.rows.values())) == ("stage", 1)
    assert customers([7], [blank])["inactive"].to_list() == [False]


def test_declared_words_go_before_those_that_are_built_in() -> None:
    words = SystemWords.of({"lead": ["Kunde"]}, yes_words=["Zu"], no_words=["x"])
    frame = customers([2, 3], ["Zu", "X"], stage="KUNDE-Neu", words=words)
    assert frame.select("is_customer", "inactive").rows() == [(False, True), (False, False)]


def test_a_column_that_was_mapped_by_mistake_is_unknown_however_many_texts_it_has() -> None:
    [unknown] = understood(list(range(1, 3001)), [f"text {n}" for n in range(3000)]).unknown
    assert unknown.distinct == 3000


def test_a_repeated_row_is_dropped_and_the_others_stay_in_their_order() -> None:
    assert customers([5, 3, 5, 9, 3], ["No"] * 5)["internal_id"].to_list() == [5, 3, 9]


def test_differing_rows_of_one_id_are_an_error_of_the_kind_and_in_the_words_of_the_source() -> None:
    with pytest.raises(UserError) as raised:
        customers([5, 5, 6], ["No", "Yes", "No"])
    assert type(raised.value) is AccessError
    assert str(raised.value) == "The list has 2 rows of the id 5 that differ in inactive: look at it."
