"""Who gets no new record by `on_none: create`, as one that is there may be theirs, until a person decides (C1)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
import pytest

from assets.matching.doubts_told import doubts_in_words
from assets.replay.inputs import making_of
from assets.replay.replay import replay
from assets.report.decision_columns import choices, decidable_for_new
from schemas.words import WITHOUT_LINK
from tests.csv_import import export_customers, import_customers
from tests.reconciling import FIELDS, Site, declaration, failure, site_at
from tests.test_created_by_hand import BY_HAND, account

STRIPE = """\
id,Email,Name,Created (UTC),netsuite_customer_id (metadata)
cus_idle,x@idle.example,Zoro,2026-06-01 00:00,
cus_lead,x@lead.example,Yuma,2026-06-02 00:00,
cus_new,x@new.example,Xalapa,2026-06-03 00:00,
cus_html,x@html.example,Wood &amp; Sons,2026-06-04 00:00,
cus_near,x@near.example,Vertigo Ltd,2026-06-05 00:00,
cus_named,x@named.example,Ultima,2026-06-06 00:00,
1001,x@chosen.example,Tango,2026-06-07 00:00,
paid,y@chosen.example,Foxtrot,2026-06-07 00:00,
cus_gone,x@gone.example,Sierra,2026-06-08 00:00,999
cus_nobody,test@test.com,Romeo,2026-06-09 00:00,
"""
NETSUITE = """\
Internal ID,External ID,Stripe Customer Id,Comments,Email,Company Name,Stage,Inactive
21,,,,X@Idle.example,Idle Holding,Customer,Yes
22,,,,x@lead.example,Somebody,Lead,No
23,,,,,Wood & Sons,Customer,No
24,,,,,Vertigo GmbH,Customer,No
25,,cus_named,,,Another,Prospect,No
26,1001,,,,Unlike,Customer,No
29,paid,,,,Unlike,Lead,No
27,,,,test@test.com,Else,Customer,No
"""
ACTIVE = NETSUITE + "28,,,,test@idle.example,Thirty,Customer,No\n"
WAITS = {
    "cus_idle": "equal_inactive: email = email finds record 21, inactive",
    "cus_lead": "equal_lead: email = email finds record 22, no customer but a lead or prospect",
    "cus_html": "other_reading: name = company_name finds record 23, in another reading: as: html",
    "cus_near": "near_miss: nearly equal is record 24",
    "cus_named": "equal_lead: stripe_id of record 25, no customer but a lead or prospect",
    "1001": "chosen_id: this id, which could be any number or word, is the external id of record 26",
    "paid": "equal_lead: external_id of record 29, no customer but a lead or prospect",
}
HELD_KEYS = ("cus_named", "1001", "paid")
"""Whose id a record holds that links nobody."""
CREATE: dict[str, Any] = {
    "on_none": "create",
    "create": {"when": "at_once", "email_fallback": "none", "entity_status": 13},
}


@contextmanager
def site(folder: Path, stripe: str = STRIPE, netsuite: str = NETSUITE, **changes: object) -> Iterator[Site]:
    (folder / "stripe.csv").write_text(stripe, "utf-8")
    (folder / "netsuite.csv").write_text(netsuite, "utf-8")
    declared = declaration("acme", **{**CREATE, **changes})
    with site_at(folder, declared, root=folder) as at:
        yield at


def created(at: Site) -> dict[str, str]:
    """Who gets a new record, and why."""
    plan = at.sync.frames.read("write_plan").filter(pl.col("action") == "create")
    return dict(plan.select("stripe_customer_id", "reason").collect().rows())


def review(at: Site) -> dict[str, dict[str, Any]]:
    rows = pl.read_csv(at.results / "review.csv", infer_schema=False)
    return {row["stripe_customer_id"]: row for row in rows.iter_rows(named=True)}


def creations(at: Site) -> list[dict[str, str]]:
    return pl.read_csv(at.results / "creations.csv", infer_schema=False).to_dicts()


def decide(at: Site, customer: str, record: str) -> dg.ExecuteInProcessResult:
    job = at.definitions.resolve_job_def(f"{at.sync.name}_override")
    config = {"customer": customer, "record": record, "who": "Ada", "why": "seen"}
    return job.execute_in_process(
        run_config={"ops": {job.nodes[0].name: {"config": config}}}, instance=at.instance, raise_on_error=False
    )


def done(at: Site, customer: str, record: str) -> None:
    assert decide(at, customer, record).success


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """After one run; for tests that only look at what it has left."""
    with site(tmp_path_factory.mktemp("once")) as at:
        assert at.reconcile().success
        yield at


@pytest.mark.rule("C1")
def test_who_may_have_a_record_gets_none_and_is_in_the_review_with_why(once: Site) -> None:
    assert created(once) == dict.fromkeys(("cus_new", "cus_nobody"), "no NetSuite customer was found")
    rows = review(once)
    assert {who: rows[who]["doubt"] for who in WAITS} == WAITS
    assert {"cus_new", "cus_nobody"}.isdisjoint(rows)
    for who in WAITS:
        said = rows[who]["what_to_do"] or ""
        if who in HELD_KEYS:
            assert "No record is made, as NetSuite takes no second one with this id: decide for the right one" in said
            assert "or take the id out of the record that holds it; then create, for a new one, can be decided" in said
        else:
            assert "No record is made until somebody decides (column decision, or job acme_override)" in said
            assert "or create, for a new one" in said


@pytest.mark.rule("X15")
@pytest.mark.rule("X16")
def test_the_review_shows_the_records_and_offers_them_and_a_new_one(once: Site) -> None:
    rows = review(once)
    assert "suggestions" not in creations(once)[0]
    assert rows["cus_idle"]["candidate_details"] == "21, Idle Holding, X@Idle.example"
    assert rows["cus_lead"]["candidate_details"] == "22, Somebody, x@lead.example"
    assert rows["1001"]["candidate_details"] == "26, Unlike"
    assert rows["cus_near"]["suggestions"] == "24, Vertigo GmbH: same name apart from its legal form"
    queue = once.sync.frames.read("review_queue").collect()
    offered = dict(zip(queue.get_column("stripe_customer_id"), choices(queue, WITHOUT_LINK), strict=True))
    assert offered["cus_idle"].to_list() == ["21", "create", "never", "later"]
    assert [offered[who].to_list() for who in HELD_KEYS] == [[n, "never", "later"] for n in ("25", "26", "29")]
    assert offered["cus_gone"].to_list() == ["never", "later"]
    assert "create" not in choices(queue, ()).explode()


@pytest.mark.rule("C1")
def test_the_check_and_the_page_count_who_waits(once: Site) -> None:
    said = once.check("customer_matches", "evidence_agrees").description or ""
    waits = (
        "No new one is made for 6 customers without a record, as one that is there, or that another customer gets, may "
        "be theirs; decide in review.csv"
    )
    kinds = "inactive records with an equal value: 1; leads or prospects with an equal value: 3"
    assert f"{waits}: {kinds}; " in said
    assert "whose imported Stripe id, which could be any number or word and so links nobody" in said
    assert waits in (once.results / "report.html").read_text("utf-8")


@pytest.mark.rule("M8")
@pytest.mark.rule("C1")
@pytest.mark.rule("W11")
def test_a_person_decides_for_a_new_record_or_for_the_one_that_is_there(tmp_path: Path) -> None:
    with site(tmp_path) as at:
        assert at.up_to("write_plan").success
        for customer, record in {
            "cus_idle": "create",
            "cus_html": " Create ",
            "cus_near": "24",
            "1001": "never",
        }.items():
            done(at, customer, record)
        assert at.up_to("reconciliation_report").success
        decided = "a person said to make a record of its own for this customer"
        usual = dict.fromkeys(("cus_new", "cus_nobody"), "no NetSuite customer was found")
        assert created(at) == {**usual, "cus_idle": decided, "cus_html": decided}
        rows = review(at)
        assert (rows["cus_idle"]["doubt"], rows["cus_idle"]["what_to_do"][:7]) == (None, "Nothing")
        assert rows["cus_idle"]["decided"].startswith("make a new record: Ada, ")
        shown = {row["stripe_customer_id"]: row["reason"] for row in creations(at)}
        assert shown["cus_idle"] == decided
        world, search = account(at)
        made = import_customers(at.results / "netsuite_create.csv", world, BY_HAND)
        ids = {world.customers[number].values["externalid"]: str(number) for number in made}
        export_customers(tmp_path / "netsuite.csv", world, search)
        assert at.up_to("reconciliation_report").success
        assert created(at) == {}
        updates = dict(pl.read_csv(at.results / "stripe_updates.csv", infer_schema=False).rows())
        assert updates == {**ids, "cus_near": "24"}


@pytest.mark.rule("M8")
@pytest.mark.rule("C1")
@pytest.mark.rule("C15")
def test_a_decision_for_a_new_record_waits_once_a_record_that_links_nobody_holds_the_id(tmp_path: Path) -> None:
    since = "30,,cus_idle,,,A lead,Lead,No\n31,2002,,,,Other,Customer,No\n32,3003,,,,Third,Prospect,No\n"
    waits = {
        "cus_idle": "equal_lead: stripe_id of record 30, no customer but a lead or prospect",
        "2002": "chosen_id: this id, which could be any number or word, is the external id of record 31",
        "3003": "equal_lead: external_id of record 32, no customer but a lead or prospect",
    }
    imported = "2002,x@two.example,Quebec,2026-06-10 00:00,\n3003,x@three.example,Papa,2026-06-11 00:00,\n"
    with site(tmp_path, stripe=STRIPE + imported) as at:
        assert at.up_to("write_plan").success
        for customer in waits:
            done(at, customer, "create")
        assert at.up_to("write_plan").success
        assert created(at).keys() >= waits.keys()
        (tmp_path / "netsuite.csv").write_text(NETSUITE + since, "utf-8")
        assert at.up_to("reconciliation_report").success
        assert created(at).keys().isdisjoint(waits)
        rows = review(at)
        assert {who: rows[who]["doubt"] for who in waits} == waits
        for who in waits:
            assert rows[who]["decided"].startswith("make a new record: Ada, ")
            assert "No record is made, as NetSuite takes no second one with this id" in (rows[who]["what_to_do"] or "")
        (tmp_path / "netsuite.csv").write_text(NETSUITE, "utf-8")
        assert at.up_to("write_plan").success
        assert created(at).keys() >= waits.keys()


@pytest.mark.rule("M8")
def test_a_decision_for_a_new_record_is_against_what_rules_find(tmp_path: Path) -> None:
    with site(tmp_path, stripe=STRIPE.replace("x@new.example", "test@idle.example"), netsuite=ACTIVE) as at:
        assert at.up_to("write_plan").success
        assert "cus_new" not in created(at)
        done(at, "cus_new", "create")
        assert at.up_to("write_plan").success
        assert "cus_new" in created(at)
        done(at, "cus_new", "withdraw")
        assert at.up_to("write_plan").success
        assert "cus_new" not in created(at)


@pytest.mark.rule("M8")
@pytest.mark.rule("C1")
def test_whoever_found_a_record_that_another_customer_claims_can_get_one_of_its_own(tmp_path: Path) -> None:
    second = "cus_second,X@new.example ,Yankee,2026-06-20 00:00,\n"
    records = NETSUITE + "28,,cus_new,,x@new.example,Thirty,Customer,No\n"
    with site(tmp_path, stripe=STRIPE + second, netsuite=records, one_to_one=True) as at:
        assert at.reconcile().success
        row = review(at)["cus_second"]
        assert (row["outcome"], row["reason"]) == (
            "conflict",
            "email = email: equal; record 28 is claimed by cus_new, which its Stripe-id field names",
        )
        assert "or create, for a new one" in row["what_to_do"]
        assert choices(at.sync.frames.read("review_queue").collect(), decidable_for_new(at.sync.declaration)).to_list()[
            list(review(at)).index("cus_second")
        ] == ["28", "create", "never", "later"]
        done(at, "cus_second", "create")
        assert at.up_to("write_plan").success
        assert "cus_second" in created(at)


@pytest.mark.rule("M8")
@pytest.mark.parametrize(
    ("customer", "record", "said"),
    [
        ("cus_gone", "create", "the customer is broken by a link that is there: clear it in Stripe and NetSuite first"),
        ("1001", "create", "record 26 holds this customer's id, and NetSuite takes no second one with it: take the id"),
        ("cus_named", "create", "record 25 holds this customer's id, and NetSuite takes no second one with it: take"),
        ("cus_lead", "22", "record 22 is no customer, but a lead or a prospect: make it one in NetSuite first"),
        ("cus_lead", "anew", "expected a record's internal id (a whole number of at most 18 digits), create, never"),
    ],
)
def test_what_cannot_be_decided_is_refused_with_what_to_do(once: Site, customer: str, record: str, said: str) -> None:
    assert said in failure(decide(once, customer, record))


@pytest.mark.rule("M8")
def test_a_new_record_can_be_decided_for_only_where_records_are_made(tmp_path: Path) -> None:
    with site(tmp_path, on_none="report", create=None) as at:
        assert at.up_to("write_plan").success
        assert "no record is made for anybody: create needs on_none: create" in failure(decide(at, "cus_new", "create"))


@pytest.mark.rule("C1")
@pytest.mark.rule("X15")
def test_a_colleague_of_a_record_gets_one_and_is_shown_beside_it(tmp_path: Path) -> None:
    colleague = "cus_colleague,y@idle.example,Quebec,2026-06-10 00:00,\n"
    with site(tmp_path, stripe=STRIPE + colleague, netsuite=ACTIVE) as at:
        assert at.up_to("reconciliation_report").success
        assert "cus_colleague" in created(at)
        row = review(at)["cus_colleague"]
        assert "28, Thirty, test@idle.example: same domain of the e-mail" in row["suggestions"]
        assert row["doubt"] is None
        assert "a new record is made" in row["what_to_do"]
        shown = {each["stripe_customer_id"]: each["suggestions"] for each in creations(at)}
        assert shown["cus_colleague"] == row["suggestions"]
        assert shown["cus_new"] is None


@pytest.mark.rule("X15")
def test_without_near_misses_nobody_waits_for_one(tmp_path: Path) -> None:
    with site(tmp_path, near_misses=False) as at:
        assert at.up_to("write_plan").success
        assert set(created(at)) == {"cus_new", "cus_nobody", "cus_near"}


@pytest.mark.rule("X12")
def test_decisions_for_new_records_are_kept_for_replays(tmp_path: Path) -> None:
    with site(tmp_path) as at:
        assert at.up_to("write_plan").success
        done(at, "cus_idle", "create")
        assert at.up_to("write_plan").success
        assert not replay(at.sync, making_of(at.sync, "")).differences


TWINS = """\
id,Email,Name,Created (UTC),netsuite_customer_id (metadata)
cus_a1,a@one.example,Alpha,2026-06-02 00:00,
cus_a2,A@one.example ,Bravo,2026-06-01 00:00,
cus_b1,b@two.example,Vertigo Ltd,2026-06-01 00:00,
cus_b2,b@two.example,Delta,2026-06-02 00:00,
cus_c1,c@three.example,Echo,2026-06-01 00:00,
cus_c2,c@three.example,Vertigo Inc,2026-06-02 00:00,
cus_d1,d@four.example,Golf,2026-06-01 00:00,
cus_d2,d@four.example,Hotel,2026-06-02 00:00,
cus_d3,d@five.example,HOTEL,2026-06-03 00:00,
cus_e1,e@six.example,India,2026-06-01 00:00,24
cus_e2,e@six.example,Juliet,2026-06-02 00:00,
cus_f1,f@seven.example,Kilo,2026-06-01 00:00,999
cus_f2,f@seven.example,Lima,2026-06-02 00:00,
cus_g1,test@test.com,Mike,2026-06-01 00:00,
cus_g2,test@test.com,November,2026-06-02 00:00,
"""
WAITING_TWINS = {
    "cus_a1": "twin: email = email: cus_a2 has an equal value, and gets a record first",
    "cus_b2": "equal_customer: email = email: cus_b1 has an equal value, and waits for a decision itself",
    "cus_c1": "equal_customer: email = email: cus_c2 has an equal value, and waits for a decision itself",
    "cus_d2": "twin: email = email: cus_d1 has an equal value, and gets a record first",
    "cus_d3": "twin: name = company_name: cus_d2 has an equal value, and gets a record first",
    "cus_e2": "equal_customer: email = email: cus_e1 has an equal value, and has record 24",
    "cus_f2": "equal_customer: email = email: cus_f1 has an equal value, and waits for a decision itself",
}


@pytest.mark.rule("C1")
def test_of_customers_with_an_equal_value_the_first_gets_a_record_and_the_next_run_finds_it(tmp_path: Path) -> None:
    with site(tmp_path, stripe=TWINS) as at:
        assert at.reconcile().success
        assert set(created(at)) == {"cus_a2", "cus_d1", "cus_g1", "cus_g2"}
        rows = review(at)
        assert {who: rows[who]["doubt"] for who in WAITING_TWINS} == WAITING_TWINS
        assert rows["cus_e2"]["candidate_ids"] == "24"
        said = at.check("customer_matches", "evidence_agrees").description or ""
        assert "3 new customers with a value of another one that gets a record: the next run finds it" in said
        assert rows["cus_a1"]["what_to_do"].startswith("Nothing, if the two are one")
        new = "No record is made until somebody decides (column decision, or job acme_override): "
        assert rows["cus_b2"]["what_to_do"].startswith(f"{new}create, for one of its own; or, if the two are one,")
        assert rows["cus_e2"]["what_to_do"].startswith(f"{new}for the right one, by its internal id")
        world, search = account(at)
        import_customers(at.results / "netsuite_create.csv", world, BY_HAND)
        export_customers(tmp_path / "netsuite.csv", world, search)
        assert at.up_to("reconciliation_report").success
        records = {row["stripe_customer_id"]: row for row in pl.read_csv(at.results / "matches.csv").to_dicts()}
        for one, other in (("cus_a1", "cus_a2"), ("cus_d2", "cus_d1")):
            assert records[one]["netsuite_internal_id"] == records[other]["netsuite_internal_id"]
            assert records[one]["outcome"] == "matched"
        assert records["cus_d3"]["doubt"].startswith("equal_customer: name = company_name: cus_d2 has an equal value")


@pytest.mark.rule("C1")
def test_where_doubted_pairs_are_held_the_next_run_asks_about_the_record_that_it_finds(tmp_path: Path) -> None:
    with site(tmp_path, stripe=TWINS, on_doubt="refuse") as at:
        assert at.reconcile().success
        assert review(at)["cus_a1"]["what_to_do"].startswith("Nothing yet, if the two are one: the next run finds")
        said = at.check("customer_matches", "evidence_agrees").description or ""
        assert "the next run finds it for them, and asks whether they are one; if they are not one, decide" in said
        world, search = account(at)
        import_customers(at.results / "netsuite_create.csv", world, BY_HAND)
        export_customers(tmp_path / "netsuite.csv", world, search)
        assert at.up_to("reconciliation_report").success
        assert review(at)["cus_a1"]["doubt"].startswith("names_another: ")
        assert review(at)["cus_a1"]["what_to_do"].startswith("Compare the two customers and decide")


@pytest.mark.rule("M8")
def test_a_twin_gets_a_record_of_its_own_if_a_person_says_so_and_the_other_one_too(tmp_path: Path) -> None:
    with site(tmp_path, stripe=TWINS) as at:
        assert at.up_to("write_plan").success
        done(at, "cus_d2", "create")
        assert at.up_to("write_plan").success
        assert set(created(at)) == {"cus_a2", "cus_d2", "cus_g1", "cus_g2"}
        done(at, "cus_d1", "create")
        assert at.up_to("write_plan").success
        assert set(created(at)) == {"cus_a2", "cus_d1", "cus_d2", "cus_g1", "cus_g2"}


@pytest.mark.rule("C1")
@pytest.mark.rule("C2")
def test_of_customers_with_an_equal_value_the_first_that_has_paid_gets_a_record(tmp_path: Path) -> None:
    lines = [f"{line},{'Total Spend' if n == 0 else int(n % 2)}" for n, line in enumerate(TWINS.splitlines())]
    paid = {line.partition(",")[0] for line in lines if line.endswith(",1")}
    create = {**CREATE["create"], "when": "first_transaction"}
    with site(tmp_path, stripe="\n".join(lines) + "\n", create=create) as at:
        assert at.up_to("write_plan").success
        assert paid == {f"cus_{who}" for who in ("a1", "b1", "c1", "d1", "d3", "e2", "f2", "g2")}
        assert set(created(at)) == {"cus_a1", "cus_d1", "cus_d3", "cus_g2"}


NEARLY = """\
id,Email,Name,Created (UTC),netsuite_customer_id (metadata)
cus_mail,jane.doe@gmail.com,Alpha,2026-06-01 00:00,
cus_number,x@bravo.example,Jane Doe,2026-06-02 00:00,
cus_lead,x@charlie.example,Vertigo Ltd,2026-06-03 00:00,
cus_idle,x@delta.example,Whiskey Ltd,2026-06-04 00:00,
cus_nobody,test@test.com,Echo,2026-06-05 00:00,
"""
NEARLY_RECORDS = """\
Internal ID,External ID,Stripe Customer Id,Comments,Email,Company Name,Stage,Inactive,ID
41,,,,Jane.Doe@gmail.com,Foxtrot,Customer,No,Foxtrot
42,,,,,,Customer,No,Jane Doe
43,,,,,Vertigo GmbH,Lead,No,43
44,,,,,Whiskey GmbH,Customer,Yes,44
45,,,,test@test.com,Golf,Customer,No,45
"""


@pytest.mark.rule("C1")
@pytest.mark.rule("X15")
def test_it_is_looked_at_what_no_rule_compares_and_at_records_that_no_rule_may_find(tmp_path: Path) -> None:
    fields = {**FIELDS, "entity_id": "ID"}
    rules = [{"stripe": "name", "netsuite": "company_name"}]
    with site(tmp_path, NEARLY, NEARLY_RECORDS, netsuite_fields=fields, rules=rules) as at:
        assert at.up_to("reconciliation_report").success
        assert set(created(at)) == {"cus_nobody"}
        rows = review(at)
        assert {who: row["doubt"] for who, row in rows.items()} == {
            "cus_mail": "near_miss: email = email finds record 41, by no rule of the declaration",
            "cus_number": "near_miss: name = entity_id finds record 42, by no rule of the declaration",
            "cus_lead": "near_miss: nearly equal is record 43",
            "cus_idle": "near_miss: nearly equal is record 44",
        }
        shown = {who: rows[who]["suggestions"] for who in ("cus_lead", "cus_idle")}
        assert shown == {
            "cus_lead": "43, Vertigo GmbH: same name apart from its legal form; a lead or prospect",
            "cus_idle": "44, Whiskey GmbH: same name apart from its legal form; inactive",
        }


NEARLY_NEW = """\
id,Email,Name,Created (UTC),netsuite_customer_id (metadata)
cus_h1,a@hotel.example,Oscar Ltd,2026-06-02 00:00,
cus_h2,b@other.example,Oscar GmbH,2026-06-01 00:00,
cus_i1,c@india.example,Papa Ltd,2026-06-01 00:00,
cus_i2,c@india.example,Papa Inc,2026-06-02 00:00,
cus_j1,d@juliet.example,Quebec Ltd,2026-06-01 00:00,
cus_j2,e@another.example,Quebec Inc,2026-06-02 00:00,
cus_j3,e@another.example,Alone,2026-06-03 00:00,
cus_k1,f@kilo.example,Sierra,2026-06-01 00:00,
"""


@pytest.mark.rule("C1")
@pytest.mark.rule("X15")
def test_of_new_customers_with_nearly_equal_values_the_younger_wait_for_a_person(tmp_path: Path) -> None:
    with site(tmp_path, NEARLY_NEW) as at:
        assert at.up_to("reconciliation_report").success
        assert set(created(at)) == {"cus_h2", "cus_i1", "cus_j1", "cus_k1"}
        assert {who: row["doubt"] for who, row in review(at).items()} == {
            "cus_h1": "near_miss: nearly equal is cus_h2, which is new, too, and older",
            "cus_i2": "twin: email = email: cus_i1 has an equal value, and gets a record first",
            "cus_j2": "near_miss: nearly equal is cus_j1, which is new, too, and older",
            "cus_j3": "equal_customer: email = email: cus_j2 has an equal value, and waits for a decision itself",
        }
        done(at, "cus_j2", "create")
        assert at.up_to("write_plan").success
        assert set(created(at)) == {"cus_h2", "cus_i1", "cus_j1", "cus_j2", "cus_k1"}


@pytest.mark.rule("C1")
@pytest.mark.parametrize(
    ("link", "alike", "doubt"),
    [
        ("", 2, "near_miss: email = email: cus_0 has an equal value, and gets a record first"),
        ("9", 2, "equal_customer: email = email: cus_0 has an equal value, and has record 9"),
        ("", 11, None),
    ],
)
def test_customers_with_an_equal_address_that_no_rule_compares_wait_unless_many_have_it(
    link: str, alike: int, doubt: str | None, tmp_path: Path
) -> None:
    header = "id,Email,Name,Created (UTC),netsuite_customer_id (metadata)\n"
    rows = (f"cus_{n},jane.doe@gmail.com,Name{n:02}x{n},2026-06-01 00:{n:02},{link * (n == 0)}\n" for n in range(alike))
    records = NETSUITE.splitlines()[0] + "\n9,,,,,Unlike,Customer,No\n"
    rules = [{"stripe": "name", "netsuite": "company_name"}]
    with site(tmp_path, header + "".join(rows), records, rules=rules) as at:
        assert at.up_to("write_plan").success
        matches = at.sync.frames.read("customer_matches").collect()
        assert dict(matches.select("stripe_customer_id", "doubt").rows())["cus_1"] == doubt
        assert ("cus_1" in created(at)) == (doubt is None)


@pytest.mark.rule("C1")
def test_kinds_that_add_up_to_more_than_who_waits_are_said_to_overlap() -> None:
    doubts = ["equal_inactive: record 1", "equal_inactive: record 2; near_miss: nearly equal is cus_1", None]
    alone = pl.DataFrame({"doubt": doubts, "outcome": "unmatched"}).with_columns(
        netsuite_internal_id=pl.lit(None, pl.Utf8)
    )
    said = doubts_in_words(alone, is_held=True)
    assert "for 2 customers" in said
    assert "inactive records with an equal value: 2; nearly equal values: 1 (some for several of these)." in said
    assert "several" not in doubts_in_words(alone.head(1), is_held=True)
