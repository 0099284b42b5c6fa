"""Ids in fields as people write them: what may mean a customer is never given away by a rule."""

from pathlib import Path

import pytest

from tests.cases.running import ran


@pytest.mark.parametrize(("name", "customers"), [("sid_two", ("A1", "B2")), ("ext_case", ("AbC1",))])
def test_a_text_that_may_mean_a_customer_is_a_conflict(name: str, customers: tuple[str, ...], tmp_path: Path) -> None:
    with ran(name, tmp_path) as case:
        assert case.outcomes == dict.fromkeys(customers, "conflict")
        assert all("record 11 may mean this customer" in case.waiting[customer] for customer in customers)
        assert not case.planned


def test_an_address_of_the_dashboard_is_the_id_in_it(tmp_path: Path) -> None:
    with ran("sid_url", tmp_path) as case:
        assert case.records == {"A1": 11}
        assert "email = email finds record 12" in case.waiting["A1"]
        assert {record for system, record, _, _ in case.planned if system == "netsuite"} == {"11"}


def test_an_invisible_character_is_no_part_of_an_id(tmp_path: Path) -> None:
    with ran("zwsp_id", tmp_path) as case:
        assert case.records == {"A1": 11}
        assert not any("\u200b" in text for change in case.planned for text in change)
