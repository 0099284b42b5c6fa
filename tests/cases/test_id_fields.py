"""Ids in fields as people write them: what may mean a customer is never given away by a rule."""

from pathlib import Path

import pytest

from tests.cases.running import planned, reported


@pytest.mark.parametrize(("name", "customers"), [("sid_two", ("A1", "B2")), ("ext_case", ("AbC1",))])
def test_a_text_that_may_mean_a_customer_is_a_conflict(name: str, customers: tuple[str, ...], tmp_path: Path) -> None:
    with reported(name, tmp_path) as case:
        assert case.outcomes == dict.fromkeys(customers, "conflict")
        assert all("record 11 may mean this customer" in case.waiting[customer] for customer in customers)
        assert not case.planned


def test_what_is_nearly_an_id_is_never_given_away_without_a_word(tmp_path: Path) -> None:
    with reported("sid_near", tmp_path, links_visible=False) as case:
        said = {customer[:4]: reason for customer, reason in case.waiting.items()}
        assert case.records["NffrFeUfNV2Hib"] == 11
        assert "link_contradicted: all else says otherwise: email = email finds record 21" in said["Nffr"]
        for at, customer in enumerate(("Mee1", "Lkk2", "Kjj3"), 12):
            assert f"record {at} may mean this customer, but its text is not one id" in said[customer]
        assert "near_id: the comments of record 15 hold what may be meant for this customer" in said["Jhh4"]
        assert "names_another: record 26 names somebody by what is not one id as Stripe has it" in said["Igg5"]
        assert set(said) == {"Nffr", "Mee1", "Lkk2", "Kjj3", "Jhh4", "Igg5"}, "and nobody is said to be gone"
        assert {record for system, record, _, _ in case.planned if system == "netsuite"} == {"11", "25", "26", "27"}
    with planned("sid_near", tmp_path / "refused", links_visible=False, on_doubt="refuse") as case:
        assert {record for system, record, _, _ in case.planned if system == "netsuite"} == {"27"}


def test_an_address_of_the_dashboard_is_the_id_in_it(tmp_path: Path) -> None:
    with reported("sid_url", tmp_path) as case:
        assert case.records == {"A1": 11}
        assert "email = email finds record 12" in case.waiting["A1"]
        assert {record for system, record, _, _ in case.planned if system == "netsuite"} == {"11"}


@pytest.mark.parametrize("name", ["custom_ids", "custom_ids_ext"])
def test_an_imported_id_is_no_link_in_comments_and_external_ids(name: str, tmp_path: Path) -> None:
    with reported(name, tmp_path, links_visible=False) as case:
        records = {"1001": 13, "paid": 14, "42": 15}
        assert case.records == {customer: records[customer] for customer in case.records}
        assert {(system, field) for system, _, field, _ in case.planned} == {
            ("netsuite", "stripe_id"),
            ("stripe", "metadata.netsuite_customer_id"),
        }
        why = "this id, which could be any number or word, is the external id of record 11"
        said = f"email = email: equal; chosen_id: {why}"
        assert case.waiting == ({"1001": said} if name == "custom_ids_ext" else {})


def test_a_placeholder_in_metadata_is_no_link_and_is_replaced(tmp_path: Path) -> None:
    with reported("meta_forms", tmp_path) as case:
        others = {customer for customer, outcome in case.outcomes.items() if outcome != "broken"}
        assert others == {"H8", "I9"}
        assert "with separators, decimals, exponent" in case.waiting["D4"]
        assert case.records["I9"] == 100
        [change] = [row for row in case.rows("plan.csv") if row["system"] == "stripe"]
        assert (change["old_value"], change["new_value"]) == ("undefined", "100")
        assert change["reason"] == "held undefined, which stands for nothing; linked by email = email"


def test_an_invisible_character_is_no_part_of_an_id(tmp_path: Path) -> None:
    with planned("zwsp_id", tmp_path) as case:
        assert case.records == {"A1": 11}
        assert not any("\u200b" in text for change in case.planned for text in change)
