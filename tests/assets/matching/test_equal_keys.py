"""Whose key equals the key of which records by a rule, and what is no key: one small world for each case."""

from dataclasses import replace

import pytest

from assets.matching import MatchSettings, Rule
from tests.assets.matching.oracle import Customer, Record, Verdict, verdicts
from tests.assets.matching.small_worlds import EMAIL, NAME, SETTINGS, customer, matched, record, verdict_of, world


@pytest.mark.rule("M1")
@pytest.mark.parametrize(
    ("rule", "ours", "theirs"),
    [
        (EMAIL, customer(email="A@x.com"), record(7, email="a@X.com ")),
        (NAME, customer(name="Acme GmbH"), record(7, company_name="ACME\u00a0gmbh")),
        (Rule("phone", "phone"), customer(phone="+1 555"), record(7, phone="+1555")),
        (Rule("description", "crm"), customer(description="x-1"), record(7, crm="X-1")),
        (Rule("metadata.crm", "crm"), customer(metadata_crm="é"), record(7, crm="E\u0301")),
        (Rule("metadata.crm", "internal_id"), customer(metadata_crm="7"), record(7)),
        (Rule("id", "crm"), customer(), record(7, crm="CUS_1")),
    ],
    ids=str,
)
def test_a_rule_pairs_any_two_fields(rule: Rule, ours: Customer, theirs: Record) -> None:
    settings = MatchSettings((rule,))
    assert verdict_of(world(ours, theirs, record(8), settings=settings)) == matched(7, str(rule))


@pytest.mark.rule("M3")
def test_the_whole_value_must_be_equal() -> None:
    verdict = verdict_of(world(customer(name="12345"), record(7, company_name="company ID 12345")))
    reason = "no link found, and no record equals by email = email, name = company_name; empty: email"
    assert verdict == Verdict("cus_1", "unmatched", reason=reason)


@pytest.mark.rule("M5")
def test_the_lowest_of_several_records_is_used() -> None:
    crowd = [record(118, email="a"), record(99, email="A"), record(240, email=" a")]
    reason = "email = email: equal; 2 other records share it: 118, 240; the lowest internal id is used"
    expected = Verdict("cus_1", "ambiguous", 99, "email = email", 3, "99 118 240", reason)
    assert verdict_of(world(customer(email="a"), *crowd)) == expected


@pytest.mark.rule("M5")
def test_none_of_several_records_is_used_under_refuse() -> None:
    refuse = replace(SETTINGS, on_several="refuse")
    small = world(customer(email="a"), record(118, email="a"), record(99, email="a"), settings=refuse)
    reason = "email = email: equal; 2 records share it: 99, 118; none is used"
    assert verdict_of(small) == Verdict("cus_1", "ambiguous", None, "email = email", 2, "99 118", reason)


@pytest.mark.rule("M5")
def test_a_crowd_is_counted_whole_and_listed_up_to_fifty() -> None:
    crowd = [record(at, email="a") for at in range(1, 61)]
    ids = list(map(str, range(1, 51)))
    reason = f"59 other records share it: {', '.join(ids[1:])} and 10 more; the lowest internal id is used"
    verdict = verdict_of(world(customer(email="a"), *crowd))
    assert (verdict.candidates, verdict.candidate_ids) == (60, " ".join(ids))
    assert verdict.reason == f"email = email: equal; {reason}"


@pytest.mark.rule("M3")
@pytest.mark.parametrize(
    "text", ["N/A", "n / a", "NULL", "undefined", "- None -", "-", "#REF!", "4.93012E+11", "1E+05"]
)
def test_a_placeholder_or_a_damaged_number_is_no_key_on_either_side(text: str) -> None:
    small = world(customer("cus_1", email=text, name="Acme"), record(7, email=text), record(8, company_name="acme"))
    assert verdict_of(small) == verdicts(small)[0]
    assert verdict_of(small).netsuite_internal_id == 8
    nobody = world(customer("cus_1", email=text, name=text), record(7, email=text, company_name=text))
    assert verdict_of(nobody) == verdicts(nobody)[0]
    assert "all fields that the rules compare are empty" in verdict_of(nobody).reason


def test_the_list_of_placeholders_can_be_another() -> None:
    settings = replace(SETTINGS, no_value=frozenset({"unknown"}))
    known = world(customer("cus_1", email="n/a"), record(7, email="N/A"), settings=settings)
    assert verdict_of(known).netsuite_internal_id == 7
    unknown = world(customer("cus_1", email="Unknown"), record(7, email="unknown"), settings=settings)
    assert verdict_of(unknown).outcome == "unmatched"
