"""One small world for each rule M1 to M12: the rows that must come out, whole."""

from dataclasses import replace
from datetime import timedelta

import pytest

from assets.matching import MatchSettings, Rule
from tests.assets.matching.oracle import Customer, Record, Verdict, World, verdicts
from tests.assets.matching.worlds import START, matches_of

EMAIL = Rule("email", "email")
NAME = Rule("name", "company_name")
SETTINGS = MatchSettings((EMAIL, NAME))


def customer(id: str = "cus_1", *, minute: float = 0, **fields: str | None) -> Customer:  # noqa: A002
    named = {name.replace("metadata_", "metadata."): value for name, value in fields.items()}
    return Customer(id, START + timedelta(minutes=minute), named)


def record(internal_id: int, *, is_customer: bool = True, inactive: bool = False, **fields: str | None) -> Record:
    return Record(internal_id, is_customer, inactive, fields)


def world(*members: Customer | Record, settings: MatchSettings = SETTINGS, **overrides: int | None) -> World:
    customers = [member for member in members if isinstance(member, Customer)]
    records = [member for member in members if isinstance(member, Record)]
    return World(customers, records, overrides, settings)


def verdict_of(world: World, id: str = "cus_1") -> Verdict:  # noqa: A002
    found = {row["stripe_customer_id"]: Verdict(**row) for row in matches_of(world).to_dicts()}
    assert list(found) == sorted(c.id for c in world.customers)
    return found[id]


def matched(record: int, evidence: str) -> Verdict:
    return Verdict("cus_1", "matched", record, evidence, 1, str(record), f"{evidence}: equal")


def linked(record: int, evidence: str, reason: str) -> Verdict:
    return Verdict("cus_1", "linked", record, evidence, 1, str(record), reason)


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


@pytest.mark.rule("M2")
def test_only_customers_are_matched() -> None:
    lead = record(7, is_customer=False, email="a", stripe_id="cus_1", external_id="cus_1", comments="cus_1")
    assert verdict_of(world(customer(email="a"), lead)).outcome == "unmatched"
    assert verdict_of(world(customer(email="a", metadata_netsuite_customer_id="7"), lead)).outcome == "broken"
    assert verdict_of(world(customer(), lead, cus_1=7)).outcome == "broken"


@pytest.mark.rule("M2")
def test_inactive_records_are_matched_only_by_setting() -> None:
    small = world(customer(email="a"), record(7, inactive=True, email="a"))
    assert verdict_of(small).outcome == "unmatched"
    assert verdict_of(replace(small, settings=replace(SETTINGS, match_inactive=True))) == matched(7, "email = email")


@pytest.mark.rule("M2")
@pytest.mark.parametrize("trace", ["stripe_id", "external_id", "comments"])
def test_existing_links_to_inactive_records_count(trace: str) -> None:
    verdict = verdict_of(world(customer(), record(7, inactive=True, **{trace: "cus_1"})))
    assert (verdict.outcome, verdict.netsuite_internal_id, verdict.evidence) == ("linked", 7, trace)


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


@pytest.mark.rule("M6")
def test_the_first_rule_that_finds_a_record_decides() -> None:
    both = world(customer(email="a", name="n"), record(7, company_name="n"), record(8, email="a"))
    assert verdict_of(both) == matched(8, "email = email")
    second = world(customer(email="b", name="n"), record(7, company_name="n"), record(8, email="a"))
    assert verdict_of(second) == matched(7, "name = company_name")


@pytest.mark.rule("M7")
def test_metadata_wins_over_every_rule() -> None:
    small = world(customer(email="a", metadata_netsuite_customer_id=" 7 "), record(7), record(8, email="a"))
    assert verdict_of(small) == linked(7, "metadata", "metadata: linked already")


@pytest.mark.rule("M7")
@pytest.mark.rule("M9")
@pytest.mark.parametrize("named", ["9", "007", "7.0", "7E+00", "a@b.com"])
def test_metadata_that_names_no_customer_is_broken_and_no_rule_is_tried(named: str) -> None:
    small = world(customer(email="a", metadata_netsuite_customer_id=named), record(7, email="a", stripe_id="cus_1"))
    says = f"is {named}, and NetSuite has no such customer"
    if named in {"007", "7.0", "7E+00"}:
        form = "a number with separators, decimals, exponent, apostrophe or leading zeros"
        says = f"is {named}, {form}: write the internal id alone"
    elif not named.isdigit():
        says = "is not the internal id of any NetSuite customer: a whole number without anything else"
    reason = f"metadata: netsuite_customer_id {says}"
    assert verdict_of(small) == Verdict("cus_1", "broken", evidence="metadata", reason=reason)


@pytest.mark.rule("M8")
def test_an_override_links_against_all_other_evidence() -> None:
    evidence = record(8, email="a", stripe_id="cus_1")
    small = world(customer(email="a", metadata_netsuite_customer_id="8"), record(7), evidence, cus_1=7)
    assert verdict_of(small) == Verdict(
        "cus_1", "matched", 7, "override", 1, "7", "override: a person chose this record"
    )


@pytest.mark.rule("M8")
def test_an_override_to_a_vanished_record_is_broken() -> None:
    small = world(customer(email="a"), record(8, email="a"), cus_1=7)
    reason = "override: a person chose record 7, and NetSuite has no such customer"
    assert verdict_of(small) == Verdict("cus_1", "broken", evidence="override", reason=reason)


@pytest.mark.rule("M8")
def test_an_override_can_forbid_any_link() -> None:
    small = world(customer(metadata_netsuite_customer_id="8"), record(8, stripe_id="cus_1"), cus_1=None, cus_9=8)
    reason = "override: a person said never to link this customer"
    assert verdict_of(small) == Verdict("cus_1", "held", evidence="override", reason=reason)


@pytest.mark.rule("C2")
@pytest.mark.parametrize("flag", ["true", " TRUE "])
def test_a_block_in_metadata_holds_even_an_override(flag: str) -> None:
    small = world(customer(metadata_netsuite_block_integration=flag), record(7), cus_1=7)
    reason = "metadata: netsuite_block_integration is true"
    assert verdict_of(small) == Verdict("cus_1", "held", evidence="metadata", reason=reason)


@pytest.mark.rule("C2")
def test_an_allow_list_lets_in_only_whom_it_names() -> None:
    settings = replace(SETTINGS, allow_list=True)
    out = customer("cus_1", email="a", metadata_netsuite_allow_integration="perhaps")
    let_in = customer("cus_2", email="a", metadata_netsuite_allow_integration="True")
    small = world(out, let_in, record(7, email="a"), settings=settings)
    reason = "metadata: the allow list is on, and netsuite_allow_integration is not true"
    assert verdict_of(small) == Verdict("cus_1", "held", evidence="metadata", reason=reason)
    assert verdict_of(small, "cus_2").outcome == "matched"


@pytest.mark.rule("M10")
def test_a_filled_stripe_id_field_is_sticky() -> None:
    small = world(customer(email="new"), record(7, email="old", stripe_id=" cus_1"), record(8, email="new"))
    assert verdict_of(small) == linked(7, "stripe_id", "stripe_id: linked already")


@pytest.mark.rule("X5")
def test_links_that_agree_are_all_named() -> None:
    both = record(7, stripe_id="cus_1", external_id="cus_1")
    small = world(customer(metadata_netsuite_customer_id="7"), both)
    assert verdict_of(small) == linked(7, "metadata", "metadata, stripe_id, external_id: linked already")


@pytest.mark.rule("X5")
def test_links_that_disagree_are_a_conflict() -> None:
    small = world(customer(metadata_netsuite_customer_id="118"), record(118), record(40, external_id="cus_1"))
    reason = "metadata, external_id: 2 different records are named: 40, 118"
    assert verdict_of(small) == Verdict("cus_1", "conflict", None, "metadata", 2, "40 118", reason)


@pytest.mark.rule("X5")
def test_a_doubled_link_is_a_conflict() -> None:
    small = world(customer(), record(7, stripe_id="cus_1"), record(8, stripe_id="cus_1"))
    reason = "stripe_id: 2 different records are named: 7, 8"
    assert verdict_of(small) == Verdict("cus_1", "conflict", None, "stripe_id", 2, "7 8", reason)


@pytest.mark.rule("M10")
def test_ids_are_compared_as_exact_text() -> None:
    small = world(customer("cus_a"), customer("cus_A"), record(7, stripe_id="cus_A"), record(8, external_id="cus_ a"))
    assert verdict_of(small, "cus_a").outcome == "unmatched"
    assert verdict_of(small, "cus_A").netsuite_internal_id == 7


def test_an_id_in_comments_links_before_any_rule() -> None:
    small = world(customer(email="a"), record(7, comments="old\ncus_1; new"), record(8, email="a"))
    assert verdict_of(small) == linked(7, "comments", "comments: hold the id of this customer")


def test_several_comments_are_ambiguous() -> None:
    small = world(customer(), record(7, comments="cus_1"), record(8, comments="cus_1"))
    reason = "comments: hold the id of this customer; 1 other record shares it: 8; the lowest internal id is used"
    assert verdict_of(small) == Verdict("cus_1", "ambiguous", 7, "comments", 2, "7 8", reason)


@pytest.mark.rule("M12")
@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (MatchSettings(()), "no link found, and no rules are declared"),
        (SETTINGS, "no link found, and all fields that the rules compare are empty: email, name"),
    ],
)
def test_unmatched_says_what_was_tried(settings: MatchSettings, reason: str) -> None:
    small = world(customer(email=" "), record(7, email=""), settings=settings)
    assert verdict_of(small) == Verdict("cus_1", "unmatched", reason=reason)


@pytest.mark.rule("M12")
def test_an_empty_world_has_an_empty_result() -> None:
    assert matches_of(world()).is_empty()


ONE_TO_ONE = replace(SETTINGS, one_to_one=True)


@pytest.mark.rule("M5")
def test_one_to_one_gives_the_record_to_the_older_customer() -> None:
    shared = record(7, email="a")
    small = world(customer("cus_1", minute=1, email="a"), customer("cus_2", email="a"), shared, settings=ONE_TO_ONE)
    reason = "email = email: equal; record 7 is claimed by cus_2, which is older"
    assert verdict_of(small) == Verdict("cus_1", "conflict", None, "email = email", 1, "7", reason)
    assert verdict_of(small, "cus_2").outcome == "matched"


def test_seconds_do_not_make_a_customer_older() -> None:
    late, early = customer("cus_1", minute=0.9, email="a"), customer("cus_2", minute=0.1, email="a")
    small = world(late, early, record(7, email="a"), settings=ONE_TO_ONE)
    assert verdict_of(small, "cus_1").outcome == "matched"
    assert verdict_of(small, "cus_2").outcome == "conflict"


@pytest.mark.rule("M10")
@pytest.mark.parametrize(
    ("holder", "says"),
    [
        ("cus_2", "cus_2, which its Stripe-id field names"),
        ("cus_gone", "cus_gone, which its Stripe-id field names"),
        ("jane@example.com", "what its Stripe-id field names"),
    ],
)
def test_one_to_one_leaves_a_held_record_to_its_holder(holder: str, says: str) -> None:
    held = record(7, email="a", stripe_id=holder)
    small = world(customer(email="a"), customer("cus_2", minute=9), held, settings=ONE_TO_ONE)
    reason = f"email = email: equal; record 7 is claimed by {says}"
    assert verdict_of(small) == Verdict("cus_1", "conflict", None, "email = email", 1, "7", reason)


@pytest.mark.rule("M8")
def test_one_to_one_never_turns_an_override_into_a_conflict() -> None:
    held = record(7, stripe_id="cus_3")
    small = world(customer("cus_1"), customer("cus_2"), customer("cus_3"), held, settings=ONE_TO_ONE, cus_1=7, cus_2=7)
    assert [verdict_of(small, c).outcome for c in ("cus_1", "cus_2", "cus_3")] == ["matched", "matched", "linked"]


@pytest.mark.rule("M8")
def test_one_to_one_gives_the_record_to_the_override() -> None:
    small = world(
        customer("cus_1", email="a"),
        customer("cus_2", minute=5),
        record(7, email="a"),
        settings=ONE_TO_ONE,
        cus_2=7,
    )
    reason = "email = email: equal; record 7 is claimed by cus_2, which a person linked to it"
    assert verdict_of(small) == Verdict("cus_1", "conflict", None, "email = email", 1, "7", reason)


@pytest.mark.rule("C2")
@pytest.mark.parametrize(
    ("flag", "outcome"),
    [
        *[(flag, "held") for flag in ("true", "YES", " y", "On", "1", "perhaps", "nein", "2", "#")],
        *[(flag, "matched") for flag in ("false", "No", "n", "OFF", "0", "", " ", "N/A", "null")],
    ],
)
def test_a_block_holds_unless_it_clearly_lets_go(flag: str, outcome: str) -> None:
    small = world(customer("cus_1", email="a", metadata_netsuite_block_integration=flag), record(7, email="a"))
    assert verdict_of(small) == verdicts(small)[0]
    assert verdict_of(small).outcome == outcome


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


def test_metadata_that_is_a_placeholder_is_no_link() -> None:
    none = world(customer("cus_1", email="a", metadata_netsuite_customer_id="null"), record(7, email="a"))
    assert verdict_of(none) == verdicts(none)[0]
    assert verdict_of(none).outcome == "matched"
