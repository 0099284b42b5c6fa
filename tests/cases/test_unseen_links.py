"""What is not in the file: it is said first, and no link is planned on a picture that may hide one."""

from pathlib import Path

import pytest

from pipelines.run import doubts
from tests.cases.running import Ran, planned, ran

FIELDS = {"internal_id": "Internal ID", "email": "Email", "company_name": "Company Name"}


def systems(case: Ran) -> set[str]:
    return {system for system, *_ in case.planned}


def test_an_export_without_metadata_is_matched_and_plans_nothing_in_stripe(tmp_path: Path) -> None:
    with ran("no_meta", tmp_path) as case:
        assert case.site is not None
        assert case.records == {"A1": 11}
        assert systems(case) == {"netsuite"}
        assert "no column 'netsuite_customer_id (metadata)'" in case.failed_checks["links_seen"]
        withheld = case.failed_checks["nothing_withheld"]
        assert withheld.startswith("1 change is not planned")
        assert "set links_visible: false" in withheld
        page = (case.site.results / "report.html").read_text()
        assert page.index("set links_visible: false") < page.index("What waits for a person, and why")
        assert case.result is not None
        assert any("set links_visible: false" in sentence for sentence in doubts(case.result))


@pytest.mark.parametrize("name", ["meta_case", "meta_dunder"])
def test_a_near_miss_of_a_metadata_column_is_named_and_plans_nothing(name: str, tmp_path: Path) -> None:
    with planned(name, tmp_path) as case:
        said = case.failed_checks["links_seen"]
        assert "'netsuite_customer_id (metadata)'" in said
        assert "'netsuite_block_integration (metadata)'" in said
        assert case.failed_checks["nothing_withheld"].startswith("4 changes are not planned")
        assert not case.planned


@pytest.mark.parametrize("name", ["no_meta", "meta_case", "meta_dunder"])
def test_a_declaration_may_say_that_there_is_nothing_to_see(name: str, tmp_path: Path) -> None:
    with planned(name, tmp_path, links_visible=False) as case:
        assert systems(case) == {"stripe", "netsuite"}
        assert not {"links_seen", "nothing_withheld"} & case.failed_checks.keys()


def test_a_search_without_link_fields_is_matched_and_plans_nothing(tmp_path: Path) -> None:
    with planned("link_wrong", tmp_path, netsuite_fields=FIELDS) as case:
        assert case.outcomes == {"A1": "linked"}
        assert "None of stripe_id, external_id and comments is mapped" in case.failed_checks["links_seen"]
    (tmp_path / "matched").mkdir()
    with planned("no_meta", tmp_path / "matched", netsuite_fields=FIELDS) as case:
        assert case.records == {"A1": 11}
        assert "no link field of NetSuite is mapped" in case.failed_checks["nothing_withheld"]
        assert not case.planned


def test_internal_id_alone_is_enough_to_match_and_to_report(tmp_path: Path) -> None:
    only = {"internal_id": "Internal ID"}
    rules = [{"stripe": "metadata.netsuite_customer_id", "netsuite": "internal_id"}]
    with ran("link_wrong", tmp_path, netsuite_fields=only, rules=rules) as case:
        assert case.outcomes == {"A1": "linked"}
        assert not case.planned


def test_a_deleted_customer_is_not_matched(tmp_path: Path) -> None:
    with planned("deleted", tmp_path) as case:
        assert case.site is not None
        assert not case.records
        assert not case.planned
        made = case.site.instance.get_latest_materialization_event(case.site.sync.key("stripe_customers"))
        assert made is not None
        assert made.asset_materialization is not None
        numbers = made.asset_materialization.metadata
        assert (numbers["deleted_left_out"].value, numbers["duplicates_dropped"].value) == (1, 0)


def test_a_guest_is_held_with_its_reason(tmp_path: Path) -> None:
    with planned("guest_ids", tmp_path) as case:
        assert case.outcomes == {"gcus_1Qabc": "held"}
        [row] = case.rows("matches.csv")
        assert "no customer object" in str(row["reason"])
        assert not case.planned
