"""New customers from two exports: the file that NetSuite imports, and what the next exports leave to plan."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import orjson
import polars as pl
import pytest

from resources.exports.readers import StripeExportReader
from sandbox.netsuite_standin import STRIPE_FIELD, Options, SavedSearch, Script, World, engine
from sandbox.netsuite_standin.errors import ScriptError
from sandbox.netsuite_standin.export import world_of_export
from sandbox.netsuite_standin.filters import Json
from sandbox.netsuite_standin.script import Host
from schemas.declaration import Declaration
from schemas.words import GLOBAL_KEY, GLOBAL_NAME
from tests.csv_import import export_customers, import_currencies, import_customers
from tests.reconciling import Site, declaration, failure, site_at

HEADER = (
    "id,Email,Name,Phone,Created (UTC),Payment Count,Total Spend,Shipping Name,Shipping Address Line1,"
    "Shipping Address City,Shipping Address Country,Address Line1,Address State,Address Country,"
    "netsuite_customer_id (metadata),region (metadata)"
)
STRIPE = f"""{HEADER}
cus_1,ap@acme.example,Acme,,2026-06-01 00:00,9,900.00,,,,,,,,7,
cus_2,b@bee.example,"Bee, ""Honey"" Ltd",030 1234567,2026-07-31 23:59,1,0.0,Hive,Weg 1,Berlin,DE,1 Main,California,US,,n
cus_3,,=Cell(1),,2026-08-15 12:00,0,"1,200.50",,,,,5 Back St,Lapland,Narnia,,
cus_4,new@dee.example,Dee,,2026-09-01 00:00,0,0.00,,,,,,,,,
"""
NETSUITE = """\
Internal ID,External ID,Stripe Customer Id,Comments,Email,Company Name,Stage,Inactive
7,cus_1,cus_1,cus_1,ap@acme.example,Acme,CUSTOMER,No
"""
CREATE = {
    "when": "first_transaction",
    "email_fallback": "none",
    "entity_status": 13,
    "mapping": {"metadata.region": "custentity_region"},
    "defaults": {"custentity_rank": 3},
}
CREATING = declaration(on_none="create", create=CREATE)
CUSTOM = {"custentity_region", "custentity_rank"}
BY_HAND = {"Stripe Customer Id": STRIPE_FIELD} | {name: name for name in CUSTOM}


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Site]:
    with _site(tmp_path) as site:
        yield site


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """After one run; for tests that only look at what it has left, and import it into accounts of their own."""
    with _site(tmp_path_factory.mktemp("once")) as site:
        assert site.reconcile().success
        yield site


@contextmanager
def _site(folder: Path, declared: Declaration = CREATING) -> Iterator[Site]:
    (folder / "stripe.csv").write_text(STRIPE, "utf-8")
    (folder / "netsuite.csv").write_text(NETSUITE, "utf-8")
    with site_at(folder, declared, root=folder) as site:
        yield site


def account(at: Site) -> tuple[World, SavedSearch]:
    """The stand-in as the export shows it, with the fields that the declaration fills."""
    world, search = world_of_export(at.sync.folders.root / "netsuite.csv")
    world.custom_fields |= CUSTOM
    return world, search


def plan_of(at: Site) -> pl.DataFrame:
    return at.sync.frames.read("write_plan").collect()


def call_create(at: Site, world: World) -> None:
    """Let the RESTlet make the new customers of the plan."""
    records = plan_of(at).filter(pl.col("action") == "create").select("new_value", "values").rows()
    body: dict[str, Json] = {
        "action": "create",
        "fields": {"stripe_id": STRIPE_FIELD},
        "records": [{"key": key, "record": orjson.loads(text)} for key, text in records],
    }
    options = Options(permissions={"LIST_CUSTJOB": 3, "LIST_FIND": 1, "LIST_CURRENCY": 1})
    engine.run(Script.shipped(), "post", body, Host(world, options, {}))


def notes(at: Site) -> str:
    return (at.results / "import_notes.txt").read_text("utf-8")


def link_in_stripe(file: Path, links: dict[str, str]) -> None:
    """Set the metadata of some customers in the export."""
    with file.open(encoding="utf-8", newline="") as opened:
        reader = csv.DictReader(opened)
        rows = [row | {"netsuite_customer_id (metadata)": links.get(row["id"], "")} for row in reader]
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, reader.fieldnames or [])
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.rule("C1")
@pytest.mark.rule("C14")
@pytest.mark.rule("W11")
def test_what_is_imported_is_linked_by_the_next_exports_and_made_once(at: Site) -> None:
    assert at.up_to("reconciliation_report").success
    world, search = account(at)
    made = import_customers(at.results / "netsuite_create.csv", world, BY_HAND)
    assert [world.customers[number].values["externalid"] for number in made] == ["cus_2", "cus_3"]
    assert (at.results / "stripe_updates.csv").read_text() == "id,netsuite_customer_id\n"
    export_customers(at.sync.folders.root / "netsuite.csv", world, search)
    assert at.up_to("reconciliation_report").success
    assert plan_of(at).select("system", "action", "record_id", "new_value").rows() == [
        ("stripe", "set", customer, str(number)) for customer, number in zip(("cus_2", "cus_3"), made, strict=True)
    ]
    assert not (at.results / "netsuite_create.csv").exists()
    assert not (at.results / "creations.csv").exists()
    updates = dict(pl.read_csv(at.results / "stripe_updates.csv", infer_schema=False).rows())
    link_in_stripe(at.sync.folders.root / "stripe.csv", {"cus_1": "7"} | updates)
    assert at.up_to("write_plan").success
    assert plan_of(at).is_empty()


@pytest.mark.rule("C15")
def test_a_file_that_is_imported_twice_doubles_nobody(once: Site) -> None:
    world, _ = account(once)
    import_customers(once.results / "netsuite_create.csv", world, BY_HAND)
    before = set(world.customers)
    with pytest.raises(ScriptError):
        import_customers(once.results / "netsuite_create.csv", world, BY_HAND)
    assert set(world.customers) == before


@pytest.mark.rule("C3")
@pytest.mark.rule("C5")
@pytest.mark.rule("C6")
@pytest.mark.rule("C9")
@pytest.mark.rule("C11")
def test_what_is_imported_is_what_the_restlet_makes(once: Site) -> None:
    (imported, _), (called, _) = account(once), account(once)
    import_customers(once.results / "netsuite_create.csv", imported, BY_HAND)
    call_create(once, called)
    shown = [
        [(customer.values, customer.addresses) for _, customer in sorted(world.customers.items())]
        for world in (imported, called)
    ]
    [[_, bee, cell], [_, called_bee, called_cell]] = shown
    assert bee == called_bee
    assert cell[0] == called_cell[0]
    assert bee[0]["companyname"] == 'Bee, "Honey" Ltd'
    assert cell[0]["companyname"] == "=Cell(1)"


@pytest.mark.rule("C12")
def test_the_currencies_that_are_imported_are_those_that_the_restlet_adds(at: Site) -> None:
    named = declaration(on_none="create", create=CREATE | {"currencies": ["US Dollar", "Euro"]})
    with site_at(at.sync.folders.root, named, root=at.sync.folders.root) as site:
        assert site.up_to("reconciliation_report").success
        (imported, _), (called, _) = account(site), account(site)
        for world in (imported, called):
            world.account = replace(world.account, currencies={"1": "USD", "3": "EUR"}, multicurrency=True)
        import_customers(site.results / "netsuite_create.csv", imported, BY_HAND)
        import_currencies(site.results / "netsuite_create_currencies.csv", imported, {"US Dollar": "1", "Euro": "3"})
        call_create(site, called)
        shown = [[customer.currencies for customer in world.customers.values()] for world in (imported, called)]
        assert shown[0] == shown[1] == [[], ["1", "3"], ["1", "3"]]
        assert "netsuite_create_currencies.csv adds US Dollar, Euro to the new customers" in notes(site)


@pytest.mark.rule("C10")
def test_an_address_of_an_unknown_country_is_not_imported_under_the_accounts_own(once: Site) -> None:
    world, _ = account(once)
    bee, cell = import_customers(once.results / "netsuite_create.csv", world, BY_HAND)
    assert [line["country"] for line in world.customers[bee].addresses] == ["DE", "US"]
    assert world.customers[cell].addresses == []
    assert "Left out of netsuite_create.csv: 1 address whose country is not known" in notes(once)


@pytest.mark.rule("C2")
def test_who_has_not_paid_waits(once: Site) -> None:
    creates = plan_of(once).filter(pl.col("action") == "create")
    assert creates.get_column("stripe_customer_id").to_list() == ["cus_2", "cus_3"]


@pytest.mark.rule("C2")
def test_an_export_that_does_not_tell_who_has_paid_is_refused(at: Site) -> None:
    file = at.sync.folders.root / "stripe.csv"
    file.write_text(STRIPE.replace("Payment Count", "Plan").replace("Total Spend", "Card ID"))
    said = failure(at.up_to("write_plan"))
    assert "has no column 'Payment Count' or 'Total Spend', which tells who has paid" in said
    assert "write `when: at_once` under `create`" in said
    assert isinstance(at.sync.stripe, StripeExportReader)
    assert ["who has paid" in problem for problem in at.sync.stripe.problems()] == [True]
    anybody = declaration(on_none="create", create=CREATE | {"when": "at_once"})
    with site_at(file.parent, anybody, root=file.parent) as free:
        assert free.up_to("write_plan").success
        assert plan_of(free).filter(pl.col("action") == "create").height == 3


@pytest.mark.rule("C1")
@pytest.mark.rule("W11")
def test_the_one_customer_for_all_is_imported_and_found_by_the_next_exports(tmp_path: Path) -> None:
    with _site(tmp_path, declaration(on_none="global")) as at:
        assert at.up_to("reconciliation_report").success
        assert plan_of(at).select("action", "new_value", "stripe_customer_id").rows() == [("create", GLOBAL_KEY, None)]
        said = notes(at)
        assert "Map by hand" not in said
        assert "no new customer has them" not in said
        assert "then the customers without a record are counted to the new one" in said
        world, search = account(at)
        [number] = import_customers(at.results / "netsuite_create.csv", world, {})
        assert world.customers[number].values["companyname"] == GLOBAL_NAME
        export_customers(tmp_path / "netsuite.csv", world, search)
        assert at.up_to("write_plan").success
        assert plan_of(at).is_empty()
        matches = at.sync.frames.read("customer_matches").collect()
        counted = matches.filter(pl.col("outcome") == "global")
        assert counted.get_column("netsuite_internal_id").to_list() == [number] * 3


@pytest.mark.rule("C2")
@pytest.mark.rule("X4")
def test_the_page_says_how_many_wait_for_their_first_payment(once: Site, tmp_path: Path) -> None:
    said = "1 customer that no record was found for has not paid anything yet: no record is made before that"
    assert said in (once.results / "report.html").read_text("utf-8")
    with _site(tmp_path, declaration(on_none="create", create=CREATE | {"when": "at_once"})) as at:
        assert at.reconcile().success
        assert "not paid anything yet" not in (at.results / "report.html").read_text("utf-8")


@pytest.mark.rule("C16")
def test_nobody_is_created_while_links_cannot_be_seen(at: Site) -> None:
    file = at.sync.folders.root / "stripe.csv"
    file.write_text(STRIPE.replace("netsuite_customer_id (metadata)", "Plan"))
    assert at.up_to("write_plan").success
    assert plan_of(at).is_empty()
    assert not at.check("write_plan", "nothing_withheld").passed


def test_notes_say_how_to_import_and_what_the_export_has_not(once: Site) -> None:
    said = notes(once)
    assert "netsuite_create.csv makes 2 new customers" in said
    assert "Data Handling: Add" in said
    assert "Map by hand" in said
    assert "custentity_rank, custentity_region" in said
    assert "shipping.phone" in said
    assert "address.line1" not in said
    assert "export both sides again and reconcile" in said
    assert "netsuite_create.csv" in (once.results / "report.html").read_text("utf-8")


@pytest.mark.rule("C9")
def test_an_export_may_have_the_address_of_the_card_alone(at: Site) -> None:
    file = at.sync.folders.root / "stripe.csv"
    card = STRIPE.replace(",Address Line1,Address State,", ",Card Address Line1,Card Address State,")
    file.write_text(card.replace(",Address Country,", ",Card Address Country,"))
    assert at.reconcile().success
    creates = plan_of(at).filter(pl.col("action") == "create")
    books = [orjson.loads(text)["addressbook"][-1] for text in creates.get_column("values")]
    assert books[0] == {"addr1": "1 Main", "country": "US", "defaultbilling": True, "state": "CA"}
    assert "address.line1" not in notes(at).replace("shipping.address.line1", "")


@pytest.mark.rule("C16")
@pytest.mark.parametrize("links_visible", [True, False])
def test_nobody_is_created_while_a_month_was_never_read_whatever_is_declared(
    tmp_path: Path, *, links_visible: bool
) -> None:
    with _site(tmp_path, declaration(on_none="create", create=CREATE, links_visible=links_visible)) as at:
        assert at.materialize("stripe_customers", month="2026-07-01").success
        for asset in ("netsuite_customers", "customer_matches", "write_plan"):
            assert at.materialize(asset).success
        assert plan_of(at).is_empty()
        said = at.check("write_plan", "nothing_withheld").description or ""
        assert said.startswith("2 changes are not planned, because months of Stripe customers were never read")
        assert said.endswith(
            "Reconcile, or materialize the missing months, and plan again; no setting plans them before."
        )
        assert at.up_to("write_plan").success
        assert plan_of(at).filter(pl.col("action") == "create").height == 2
