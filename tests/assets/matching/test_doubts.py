"""What a person should see of a pair although its evidence decided: each kind on a world made by hand."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings

from assets.matching import MatchSettings, Rule, by_customer, match_customers, match_with_doubts
from assets.matching.negation import find_negated
from assets.matching.parted import Buckets
from schemas.words import NEAR_KEYS
from tests.assets.matching.oracle import Customer, Record, World
from tests.assets.matching.small_worlds import SETTINGS, record
from tests.assets.matching.worlds import START, as_frames, worlds

pytestmark = pytest.mark.rule("X18")

METADATA = "metadata.netsuite_customer_id"


def customer(id_: str = "cus_1", **fields: str | None) -> Customer:
    return Customer(id_, START, {METADATA if name == "metadata" else name: value for name, value in fields.items()})


def doubts(*members: Customer | Record, declared: MatchSettings = SETTINGS, **overrides: int) -> dict[str, str]:
    """Stripe id → its doubt, of those that have one."""
    customers = [member for member in members if isinstance(member, Customer)]
    records = [member for member in members if isinstance(member, Record)]
    world = World(customers, records, dict(overrides), declared)
    found = match_with_doubts(*as_frames(world), world.settings).filter(pl.col("doubt").is_not_null()).collect()
    return dict(found.select("stripe_customer_id", "doubt").rows())


@pytest.mark.rule("M6")
def test_a_later_rule_that_finds_another_record_is_a_doubt() -> None:
    both = (record(11, email="a"), record(12, company_name="Alpha"))
    said = "rules_differ: name = company_name finds record 12"
    assert doubts(customer(email="a", name="ALPHA"), *both) == {"cus_1": said}
    assert doubts(customer(email="a", name="Beta"), *both) == {}
    assert doubts(customer(email="a"), *both) == {}


def test_a_later_rule_that_finds_the_record_among_others_agrees() -> None:
    crowd = [record(at, company_name="Alpha") for at in range(1, 80)]
    assert doubts(customer(email="a", name="Alpha"), *crowd, record(99, email="a", company_name="alpha")) == {}
    said = doubts(customer(email="a", name="Alpha"), *crowd[:2], record(99, email="a"))
    assert said == {"cus_1": "rules_differ: name = company_name finds records 1, 2"}


@pytest.mark.rule("M2")
def test_a_link_to_an_inactive_record_with_an_active_equal_is_a_doubt() -> None:
    own = record(11, inactive=True, stripe_id="cus_1", email="a")
    said = "link_inactive: record 11 is inactive, and email = email finds record 12"
    assert doubts(customer(email="a"), own, record(12, email="a")) == {"cus_1": said}
    assert doubts(customer(email="a"), own, record(12, email="a", inactive=True)) == {}
    assert doubts(customer(email="a"), own, record(12, email="b")) == {}
    both = replace(SETTINGS, match_inactive=True)
    assert doubts(customer(email="a"), own, record(12, email="a"), declared=both) == {}
    assert doubts(customer(email="a"), own, record(12, email="a"), cus_1=11) == {}, "a person said so"


@pytest.mark.rule("M7")
@pytest.mark.parametrize("trace", ["metadata", "stripe_id", "external_id", "comments"])
def test_a_link_that_everything_else_contradicts_is_a_doubt(trace: str) -> None:
    link = {trace: "11"} if trace == "metadata" else {}
    own = record(11, {} if link else {trace: "cus_1"}, email="o")
    other = record(12, email="a", company_name="Alpha")
    said = (
        "link_contradicted: all else says otherwise: email = email finds record 12, name = company_name finds record 12"
    )
    assert doubts(customer(email="a", name="Alpha", **link), own, other) == {"cus_1": said}


def test_a_link_that_something_else_supports_is_none() -> None:
    other = record(12, email="a", company_name="Alpha")
    linked = customer(email="a", name="Beta", metadata="11")
    assert doubts(linked, record(11, company_name="beta"), other) == {}
    assert doubts(linked, record(11, comments="cus_1"), other) == {}
    assert doubts(linked, record(11, stripe_id="cus_1"), other) == {}
    assert doubts(linked, record(11)) == {}


def test_comments_of_another_record_contradict_a_link_too() -> None:
    said = doubts(customer(metadata="11"), record(11), record(12, comments="cus_1"))
    assert said == {"cus_1": "link_contradicted: all else says otherwise: comments of record 12"}


@pytest.mark.rule("M5")
def test_further_records_whose_comments_hold_the_id_are_candidates_and_no_doubt() -> None:
    both = (record(11, comments="cus_1"), record(12, comments="cus_1"))
    assert doubts(customer(email="a"), *both) == {}
    said = "link_contradicted: all else says otherwise: email = email finds record 13"
    assert doubts(customer(email="a"), *both, record(13, email="a")) == {"cus_1": said}


@pytest.mark.parametrize("field", ["stripe_id", "external_id", "comments"])
def test_a_match_to_a_record_that_names_another_customer_is_a_doubt(field: str) -> None:
    held = record(11, {field: "cus_2"}, email="a")
    assert doubts(customer(email="a"), customer("cus_2"), held) == {
        "cus_1": f"names_another: record 11 names cus_2 ({field})"
    }
    assert doubts(customer(email="a"), record(11, {field: "CRM-7"}, email="a")) == {}


@pytest.mark.rule("M2")
@pytest.mark.parametrize("field", ["stripe_id", "external_id", "comments"])
def test_a_match_of_a_customer_whom_a_lead_names_is_a_doubt(field: str) -> None:
    lead, found = record(9, {field: "cus_1"}, is_customer=False), record(11, email="a")
    said = f"lead_names: record 9, a lead or prospect, names this customer ({field})"
    assert doubts(customer(email="a"), lead, found) == {"cus_1": said}
    both = (lead, record(10, {field: "cus_1", "email": "a"}, is_customer=False))
    said = f"lead_names: records 9, 10, leads or prospects, name this customer ({field})"
    assert doubts(customer(email="a"), *both, found) == {"cus_1": said}
    others = record(9, {field: "cus_2"}, is_customer=False), record(10, stripe_id="CRM-7", is_customer=False)
    assert doubts(customer(email="a"), *others, found) == {}, "it names nobody of a match"
    assert doubts(customer(email="a"), lead, found, cus_1=11) == {}, "a person said so"
    linked = record(11, email="a", external_id="cus_1")
    assert doubts(customer(email="a"), lead, linked) == {}, "the customer is linked"


@pytest.mark.rule("M10")
def test_a_match_to_a_record_whose_own_field_names_a_customer_who_is_gone_is_a_doubt() -> None:
    said = "names_another: record 11 names cus_9 (stripe_id), whom Stripe has not, as far as it was read"
    for text in ("cus_9", " https://dashboard.stripe.com/customers/cus_9"):
        assert doubts(customer(email="a"), record(11, email="a", stripe_id=text)) == {"cus_1": said}
    assert doubts(customer(email="a"), record(11, email="a", external_id="cus_9", comments="cus_9")) == {}
    assert doubts(customer(email="a"), record(11, email="a", stripe_id="N/A")) == {}
    assert doubts(customer(email="a"), record(11, email="a", stripe_id="cus_9"), cus_1=11) == {}, "a person said so"


@pytest.mark.rule("M10")
@pytest.mark.parametrize(
    "text",
    ["https://dashboard.stripe.com/custom", "cus_", "CUS_Nffr", "cus Nffr1", "NffrFeUfNV2Hib", "cus_NffrF eUf, cus_9"],
)
def test_a_match_to_a_record_whose_own_field_holds_nearly_an_id_is_a_doubt(text: str) -> None:
    assert doubts(customer(email="a"), record(11, email="a", stripe_id=text)) == {
        "cus_1": "names_another: record 11 names somebody by what is not one id as Stripe has it (stripe_id), whom "
        "Stripe has not, as far as it was read"
    }


ID, OTHER = "cus_NffrFeUfNV2Hib", "cus_Mee1eUfNV2Hib0"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "CUS_NffrFeUfNV2Hib",
            "cus_nffrfeufnv2hib",
            "Cus-NffrFeUfNV2Hib",
            "cus NffrFeUfNV2Hib",
            "cus_ NffrFeUfNV2Hib",
        ),
        *("cus_cus_NffrFeUfNV2Hib", "cus_NffrFeUf", "cus_NffrFe UfNV2Hib", "CUS NffrFeUfNV2Hib"),
    ],
)
def test_comments_that_hold_nearly_an_id_are_a_doubt_where_another_record_is_found(text: str) -> None:
    noted, found = record(11, comments=f"pays by card ({text}).\nlate"), record(12, email="a")
    said = "near_id: the comments of record 11 hold what may be meant for"
    assert doubts(customer(ID, email="a"), noted, found) == {ID: f"{said} this customer"}
    assert doubts(customer(ID), noted, found) == {ID: f"{said} this customer"}
    assert doubts(customer(ID), customer(OTHER, email="b"), noted, record(12)) == {ID: f"{said} this customer"}
    own = record(11, email="b", comments=text)
    assert doubts(customer(OTHER, email="b"), customer(ID, email="a", metadata="12"), own, found) == {
        OTHER: f"{said} {ID}"
    }
    assert doubts(customer(ID, email="b"), own) == {}, "it is its own"
    assert doubts(customer(ID, email="a", metadata="12"), noted, found) == {}, "it is linked"
    assert doubts(customer(ID, email="a"), noted, found, cus_NffrFeUfNV2Hib=12) == {}, "a person said so"


@pytest.mark.parametrize(
    "text", ["cus 12", "cus_Nffr", "see customer NffrFeUfNV2Hib", "cus_Zee1eUfNV", "discus_NffrFeUf"]
)
def test_comments_that_may_mean_anything_are_no_doubt(text: str) -> None:
    assert doubts(customer(ID, email="a"), record(11, comments=text), record(12, email="a")) == {}


@pytest.mark.parametrize("text", ["yes", "Customer since 2019", "see the cus notes", "international12 Ltd", "12345"])
def test_a_word_in_a_field_for_ids_is_no_doubt(text: str) -> None:
    assert doubts(customer(email="a"), record(11, email="a", stripe_id=text)) == {}


def test_a_record_that_names_several_others_says_how_many() -> None:
    others = [customer(f"cus_{at}") for at in range(2, 6)]
    said = doubts(customer(email="a"), *others, record(11, email="a", comments="cus_5 cus_3 cus_4 cus_2"))
    assert said == {"cus_1": "names_another: record 11 names cus_2 and 3 more (comments)"}


@pytest.mark.parametrize(("sharing", "allowed", "is_doubted"), [(3, 3, False), (4, 3, True), (4, 4, False)])
def test_a_value_that_many_stripe_customers_have_is_a_doubt(sharing: int, allowed: int, *, is_doubted: bool) -> None:
    crowd = [customer(f"cus_{at}", email=" Shop@example.com"[at % 2 :]) for at in range(sharing)]
    declared = replace(SETTINGS, shared_key=allowed)
    said = doubts(*crowd, record(11, email="shop@example.com"), declared=declared)
    sentence = f"shared_key: {sharing} Stripe customers have this value"
    assert said == ({each.id: sentence for each in crowd} if is_doubted else {})


def test_customers_that_are_linked_already_share_the_value_too() -> None:
    linked = [customer(f"cus_{at}", email="shop", metadata="11") for at in range(3)]
    said = doubts(*linked, customer("cus_9", email="shop"), record(11, email="shop"))
    assert said == {"cus_9": "shared_key: 4 Stripe customers have this value"}


def test_a_value_that_many_records_have_is_a_doubt() -> None:
    crowd = [record(at, email="shop") for at in range(1, 5)]
    assert doubts(customer(email="shop"), *crowd[:3]) == {}
    assert doubts(customer(email="shop"), *crowd) == {"cus_1": "shared_key: 4 NetSuite customers have this value"}


def test_a_record_that_the_metadata_of_many_name_and_nothing_else_is_a_doubt() -> None:
    many = [customer(f"cus_{at}", email=f"{at}@acme.example", metadata="11") for at in range(5)]
    said = "shared_key: {} Stripe customers name record 11 in metadata, and nothing else does"
    assert doubts(*many, record(11, email="ap@acme.example")) == {f"cus_{at}": said.format(5) for at in range(5)}
    assert doubts(*many[:3], record(11, email="ap@acme.example")) == {}
    agreed = record(11, email="0@acme.example", comments="cus_1")
    assert doubts(*many, agreed) == {}
    found = doubts(*many, customer("cus_9", metadata="11"), agreed)
    assert found == {one: said.format(4) for one in ("cus_2", "cus_3", "cus_4", "cus_9")}


@pytest.mark.parametrize("buckets", [None, 3])
def test_who_has_a_key_that_can_be_ours_is_doubted_unless_linked_or_decided(
    buckets: int | None, tmp_path: Path
) -> None:
    people = [customer(f"cus_{at}", email=f"e{at}", metadata="14" if at == 4 else None) for at in range(1, 7)]
    world = World(people, [record(10 + at, email=f"e{at}") for at in range(1, 6)], {"cus_5": 15}, SETTINGS)
    stripe, netsuite, overrides = as_frames(world)
    keys = pl.Series(NEAR_KEYS, [None, "netsuite_id", "Netsuite_Id\nnetsuite_id", *["netsuite_id"] * 3], pl.String)
    near = stripe.collect().with_columns(keys).lazy()
    room = None if buckets is None else Buckets(tmp_path, buckets)
    found = match_with_doubts(near, netsuite, overrides, SETTINGS, buckets=room).collect()
    said = dict(found.filter(pl.col("doubt").is_not_null()).select("stripe_customer_id", "doubt").rows())
    why = "which can be meant for a key of ours and is not read"
    assert said == {
        "cus_2": f"near_key: the metadata have netsuite_id, {why}",
        "cus_3": f"near_key: the metadata have Netsuite_Id, netsuite_id, {why}",
        "cus_6": f"near_key: the metadata have netsuite_id, {why}",
    }


def test_what_a_person_decided_is_not_doubted() -> None:
    everything = (record(11, comments="NOT cus_1"), record(12, email="a", company_name="a"))
    assert doubts(customer(email="a", name="a"), *everything, cus_1=11) == {}


@pytest.mark.parametrize(
    ("comments", "is_doubted"),
    [
        ("NOT cus_1! wrong link removed 2025", True),
        ("cus_1 (deleted)", True),
        ("was cus_1 until 2020", True),
        ("moved from cus_1 to another account", True),
        ("cus_1 wurde gelöscht", True),
        ("cus_1 doublon", True),
        ("旧ID: cus_1", True),
        ("cus_1 重复", True),
        ("moved to Stripe: cus_1", False),
        ("cus_1, subscription cancelled", False),
        ("not cus_1", True),
        ("wrong: cus_1", True),
        ("cus_1 is wrong", True),
        ("cus_1 gehört nicht hierher", True),
        ("Falsche Verknüpfung: cus_1", True),
        ("ce n'est pas cus_1", True),
        ("no es cus_1", True),
        ("誤り: cus_1", True),
        ("cus_1 ではない", True),
        ("cus_1 (old)", True),
        *((text, True) for text in ("maybe cus_1", "cus_1 ?", "vielleicht cus_1", "cus_1 belongs to Bee", "~~cus_1~~")),
        *((text, True) for text in ("previous cus_1", "parent: cus_1", "ex-cus_1", "cus_1 (closed)", "TEST cus_1")),
        *((text, True) for text in ("see cus_1", "siehe Kunde cus_1", "voir cus_1")),
        *((text, False) for text in ("see Stripe cus_1", "siehe Stripe: cus_1", "see Stripe customer cus_1")),
        *((text, True) for text in ("prior id cus_1", "use cus_2 instead of cus_1", "以前の cus_1", "vormals cus_1")),
        ("not this one:\ncus_1", True),
        *(
            (text, True)
            for text in ("ce n'est plus cus_1", "cus_1 es un error", "cus_1 není náš", "cus_1 yanlış kayıt")
        ),
        *((text, True) for text in ("CUS_1 DEĞİL: cus_1", "זה לא cus_1", "ليس cus_1", "ไม่ใช่ cus_1", "間違い cus_1")),
        *((text, True) for text in ("referred by cus_1", "cus_1 entered in error", "不属于 cus_1")),
        *((text, True) for text in ("\u274c cus_1", "\u2260 cus_1", "DONT LINK cus_1", "doesn\u2019t fit: cus_1")),
        *((text, True) for text in ("no corresponde a cus_1", "ne correspond plus à cus_1", "paid by cus_1")),
        *((text, False) for text in ("\u2713 cus_1", "PO no 12 cus_1", "paid by card, cus_1", "Stripe \u2192 cus_1")),
        *(
            (text, False)
            for text in ("payment error, cus_1", "lettre: cus_1", "neminem cus_1", "referred by Bee, cus_1")
        ),
        *((text, False) for text in ("card expired, cus_1", "past due since May, cus_1", "cus_1 was created in 2020")),
        *((text, False) for text in ("cus_1 - see invoice 12", "previous address Main St., cus_1", "paid? Yes. cus_1")),
        ("partner since 2019, cus_1", False),
        ("cus_1", False),
        ("Customer no. cus_1", False),
        ("https://dashboard.stripe.com/customers/cus_1", False),
        ("https://dashboard.stripe.com/customers/cus_1?tab=overview", False),
        ("<p>cus_1</p>&nbsp;", False),
        ("Pays late. Do not call. cus_1", False),
        ("not before noon\ncus_1", False),
        ("Notting Hill, cus_1", False),
        ("non-profit, cus_1", False),
    ],
)
def test_comments_that_say_not_are_a_doubt(comments: str, *, is_doubted: bool) -> None:
    found = doubts(customer(), record(11, comments=comments))
    assert [*found] == (["cus_1"] if is_doubted else [])


@pytest.mark.parametrize(
    ("comments", "word"),
    [
        ("Wrong: cus_1", "wrong"),
        ("cus_1 seems to BELONGS TO Bee", "belongs to"),
        ("see customer cus_1", "see"),
        ("cus_1 (closed)", "closed"),
        ("cus_1?", "?"),
        ("旧ID: cus_1", "旧"),
        ("cus_1\nnot: cus_1, old", "not"),
    ],
)
def test_a_doubt_of_comments_names_the_word(comments: str, word: str) -> None:
    said = f"negated: the comments of record 11 seem to say by “{word}” that it is another customer"
    assert doubts(customer(), record(11, comments=comments)) == {"cus_1": said}


def test_a_matched_customer_whose_own_name_says_so_is_a_doubt() -> None:
    said = "retired: the customer seems to be retired, by its name in Stripe"
    named = "DO NOT USE - Acme"
    assert doubts(customer(email="a", name=named), record(11, email="a")) == {"cus_1": said}
    both = f"retired: record 11 seems to be retired, by its name or comments, {said.removeprefix('retired: ')}"
    assert doubts(customer(email="a", name=named), record(11, email="a", company_name="ZZZ Acme")) == {"cus_1": both}
    assert doubts(customer(email="a", name=named), record(11, stripe_id="cus_1")) == {}
    assert doubts(customer(email="a", name=named), record(11, email="a"), cus_1=11) == {}
    by_mail = MatchSettings((Rule("email", "email"),))
    assert doubts(customer(email="a", name=named), record(11, email="a"), declared=by_mail) == {}


NAMES = MatchSettings((Rule("name", "company_name", "netsuite_name"),))


def test_a_number_before_a_name_is_a_doubt_where_few_names_have_one() -> None:
    few = [record(11, company_name="7 Eleven"), *(record(at, company_name=f"Name {at}") for at in (12, 13, 14))]
    said = "number_in_name: record 11 has a number before its name, as few have: it may be part of the name"
    assert doubts(customer(name="Eleven"), *few, declared=NAMES) == {"cus_1": said}
    assert doubts(customer(name="Name 12"), *few, declared=NAMES) == {}
    assert doubts(customer(name="Eleven"), *few[:3], declared=NAMES) == {}
    assert doubts(customer(name="Eleven"), *few, declared=NAMES, cus_1=11) == {}


@pytest.mark.parametrize(
    ("field", "text", "is_doubted"),
    [
        *(
            ("company_name", text, True)
            for text in ("DO NOT USE - Acme", "Acme (Duplicate)", "[MERGED] Acme", "ZZZ Acme")
        ),
        *(
            ("company_name", text, True)
            for text in ("zz_Acme", "Acme - inaktiv", "Acme 使用禁止", "Acme, ne pas utiliser")
        ),
        *(
            ("company_name", text, True)
            for text in ("NÃO USAR - Acme", "Acme (Nie Używać)", "GELÖSCHT Acme", "НЕ ИСПОЛЬЗОВАТЬ Acme")
        ),
        *(
            ("company_name", text, True)
            for text in (
                "KULLANMAYIN Acme",
                "NEPOUŽÍVAT Acme",
                "Acme（停用）",
                "Acme (OLD)",
                "OLD - Acme",
                "Acme [closed]",
            )
        ),
        *(
            ("company_name", text, True)
            for text in ("Acme - CLOSED", "Acme \u2013 closed.", "ACME (FERMÉ)", "Acme (gesperrt)", "【旧】Acme")
        ),
        *(("company_name", text, True) for text in ("Acme (FUSIONADO)", "xxx Acme")),
        *(
            ("company_name", text, False)
            for text in ("XXXLutz", "Acme - Old Mill", "Trans-Alt", "Pay - Closed Loop", "Acme OLD")
        ),
        *(
            ("company_name", text, False)
            for text in ("Old Mill", "Old-Mill", "Closed Loop", "Gold - Acme", "Acme (Altona)")
        ),
        *(
            ("company_name", text, False)
            for text in ("Acme", "ZZ Top Inc", "Duplicates Ltd", "Interactive Inc", "使用")
        ),
        ("comments", "Duplicate of 12", True),
        ("comments", "Do not use this record", True),
        ("comments", "do not use the old address; merged with Bee in 2019", False),
    ],
)
def test_a_record_that_is_not_to_be_used_any_more_is_a_doubt(field: str, text: str, *, is_doubted: bool) -> None:
    matched = (customer("cus_1", email="a"), record(21, {field: text}, email="a"))
    linked = (customer("cus_2"), record(22, {field: text}, stripe_id="cus_2"))
    decided = (customer("cus_3", email="c"), record(23, {field: text}, email="c"))
    said = "retired: record {} seems to be retired, by its name or comments"
    expected = {"cus_1": said.format(21), "cus_2": said.format(22)} if is_doubted else {}
    assert doubts(*matched, *linked, *decided, cus_3=23) == expected


def test_only_the_sentence_of_an_id_is_its_own() -> None:
    rows = {"position": [0, 1], "note": ["not cus_1; now cus_2"] * 2, "text": ["cus_1", "cus_2"]}
    assert find_negated(pl.LazyFrame(rows)).collect().get_column("position").to_list() == [0]


_IMPORTED = "chosen_id: this id, which could be any number or word, is the external id of record"


def test_an_imported_id_as_the_external_id_of_another_record_is_a_doubt() -> None:
    imported, holder = customer("paid", email="a"), record(11, external_id=" paid")
    assert doubts(imported, holder, record(12, email="a")) == {"paid": f"{_IMPORTED} 11"}
    assert doubts(imported, holder) == {"paid": f"{_IMPORTED} 11"}
    assert doubts(imported, holder, record(12, external_id="paid")) == {"paid": f"{_IMPORTED}s 11, 12"}


def test_an_imported_id_as_the_external_id_of_its_own_record_is_none() -> None:
    assert doubts(customer("paid", email="a"), record(11, external_id="paid", email="a")) == {}
    assert doubts(customer("paid"), record(11, external_id="Paid", comments="paid")) == {}


@pytest.mark.parametrize("trace", ["metadata", "stripe_id"])
def test_an_imported_id_is_a_link_in_its_own_field_and_metadata(trace: str) -> None:
    link = {"metadata": "11"} if trace == "metadata" else {}
    own = record(11) if link else record(11, stripe_id="paid")
    assert doubts(customer("paid", **link), own, record(12, external_id="paid")) == {"paid": f"{_IMPORTED} 12"}


def test_a_match_to_a_record_whose_external_id_is_an_imported_id_is_a_doubt() -> None:
    said = doubts(customer(email="a"), customer("paid"), record(11, email="a", external_id="paid"))
    assert said == {"cus_1": "names_another: record 11 names paid (external_id)", "paid": f"{_IMPORTED} 11"}


@settings(max_examples=25, deadline=None)
@given(worlds())
def test_doubts_change_nothing_and_are_only_of_pairs_or_of_imported_ids(world: World) -> None:
    frames = as_frames(world)
    found = by_customer(match_with_doubts(*frames, world.settings).collect())
    assert found.drop("doubt").equals(by_customer(match_customers(*frames, world.settings).collect()))
    doubted = found.filter(pl.col("doubt").is_not_null())
    assert doubted.filter((pl.col("evidence") == "override") | (pl.col("outcome") == "held")).is_empty()
    alone = doubted.filter(pl.col("netsuite_internal_id").is_null())
    assert alone.filter(~pl.col("doubt").str.contains("^chosen_id: [^:]+$")).is_empty()
    assert not alone.get_column("stripe_customer_id").str.starts_with("cus_").any()
