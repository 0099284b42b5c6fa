"""Real runs over both APIs, against stand-ins on loopback: the plan that files give, whole or by what has changed."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import dagster as dg
import pytest
import yaml

from sandbox.netsuite_standin import NetsuiteStandIn
from sandbox.netsuite_standin.export import serve_export
from sandbox.stripe_standin import StripeStandIn, StripeWorld, load_customers, load_payments
from schemas.declaration import Declaration
from tests.reconciling import CHECKOUT, Site, digests, failure, site_at

EXAMPLES = CHECKOUT / "examples"
TABLES = ("matches.csv", "netsuite_import.csv", "plan.csv", "review.csv", "stripe_updates.csv")


@dataclass
class Services:
    """Both stand-ins with the example's customers, and the environment that opens them."""

    stripe: StripeStandIn
    stripe_world: StripeWorld
    netsuite: NetsuiteStandIn
    environment: dict[str, str]
    since: str

    def declaration(self, **stripe: object) -> Declaration:
        text = (EXAMPLES / "sandbox.yaml").read_text("utf-8")
        for name, value in self.environment.items():
            text = text.replace(f'"{{{{ env.{name} }}}}"', yaml.safe_dump(value, default_style='"').strip())
        attributes = yaml.safe_load(text)["attributes"]
        attributes["stripe"] |= {"base_url": self.stripe.url, "since": self.since, **stripe}
        attributes["netsuite"]["refresh"] = attributes["stripe"].get("refresh", "full")
        return Declaration.model_validate(attributes)


@contextmanager
def served(since: str) -> Iterator[Services]:
    first, world = datetime.fromisoformat(f"{since}-01T00:00Z").timestamp(), StripeWorld()
    world.book().load(each for each in load_customers(EXAMPLES / "stripe_customers.csv") if each[1] >= first)
    load_payments(EXAMPLES / "stripe_customers.csv", world.book())
    netsuite, environment = serve_export(EXAMPLES / "netsuite_customers.csv")
    with StripeStandIn(world) as stripe, netsuite:
        yield Services(stripe, world, netsuite, environment | {"STRIPE_API_KEY": world.test_key}, since)


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    with served("2019-05") as all_of_them:
        yield all_of_them


@pytest.fixture(scope="module")
def read(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """After one run over both APIs, for tests that only look at what it has left."""
    with site_at(tmp_path_factory.mktemp("read"), services.declaration(), root=CHECKOUT) as site:
        assert site.reconcile().success
        yield site


@pytest.fixture
def recent() -> Iterator[Services]:
    """Of the customers in Stripe only the latest, as each month costs every run a little."""
    with served("2025-07") as latest:
        yield latest


@pytest.fixture
def sites(tmp_path: Path) -> Iterator["Sites"]:
    with ExitStack() as stack:
        yield Sites(tmp_path, stack)


@dataclass
class Sites:
    """Installations side by side, each in a folder of its own."""

    folder: Path
    stack: ExitStack

    def at(self, name: str, declared: Declaration) -> Site:
        return self.stack.enter_context(site_at(self.folder / name, declared, root=CHECKOUT))


def declared_by_example() -> Declaration:
    """Under the name of the other one, as the review queue names its job."""
    attributes = yaml.safe_load((CHECKOUT / "pipelines/defs/example/defs.yaml").read_text("utf-8"))["attributes"]
    return Declaration.model_validate({**attributes, "name": "sandbox"})


@pytest.mark.rule("X7", "D7")
def test_both_apis_give_the_plan_that_the_exports_give(read: Site, sites: Sites) -> None:
    from_files = sites.at("files", declared_by_example())
    assert from_files.reconcile().success
    assert read.plan_hash() == from_files.plan_hash()
    assert digests(read.results, TABLES) == digests(from_files.results, TABLES)


@pytest.mark.rule("X10")
def test_reading_what_has_changed_gives_what_reading_all_gives(recent: Services, sites: Sites) -> None:
    changed = sites.at("changed", recent.declaration(refresh="changed"))
    assert changed.up_to("reconciliation_report").success
    disturb(recent)
    assert changed.up_to("reconciliation_report").success
    whole = sites.at("whole", recent.declaration())
    assert whole.up_to("reconciliation_report").success
    assert changed.plan_hash() == whole.plan_hash()
    assert digests(changed.results, TABLES) == digests(whole.results, TABLES)
    assert refreshed(changed) == ("changed", "changed")
    assert refreshed(whole) == ("full", "full")


def disturb(services: Services) -> None:
    """Edit, add and delete on both sides."""
    book, records = services.stripe_world.book(), services.netsuite.world
    first, second, third = sorted(book.ids)[:3]
    book.update(first, {"email": "moved@example.com"})
    book.update(second, {"metadata": {"netsuite_block_integration": "true"}})
    book.delete(third)
    ids = sorted(records.customers)
    records.edit(ids[0], email="moved@example.com")
    records.delete(ids[1])


def refreshed(site: Site) -> tuple[object, object]:
    def how(asset: str) -> object:
        return site.check(asset, "complete").metadata["refresh"].value

    return how("stripe_customers"), how("netsuite_customers")


@pytest.mark.rule("X10")
def test_an_extract_shows_the_proof_that_it_is_complete(read: Site) -> None:
    stripe, netsuite = (read.check(f"{side}_customers", "complete") for side in ("stripe", "netsuite"))
    assert (stripe.passed, netsuite.passed) == (True, True)
    windows_read = stripe.metadata["windows"].value
    assert (stripe.description or "").startswith(f"{windows_read} windows of creation cover 2019-05-01 00:00:00 to ")
    assert (stripe.description or "").endswith("exactly once; they hold 417 rows with 417 ids.")
    assert netsuite.description == "NetSuite counted 450 rows, and as many were read."
    windows = stripe.metadata["windows_read"]
    assert isinstance(windows, dg.TableMetadataValue)
    assert sum(int(str(record.data["rows"])) for record in windows.records) == 417
    assert netsuite.metadata["rows_counted_by_netsuite"].value == netsuite.metadata["rows_kept"].value == 450


def test_a_check_asks_both_sides_and_reads_nothing(recent: Services, sites: Sites) -> None:
    sync = sites.at("apis", recent.declaration()).sync
    assert "the key opens test mode" in sync.stripe.test()
    assert "the RESTlet answers" in sync.netsuite.test()
    assert recent.netsuite.calls_of("search") == []


def test_no_secret_and_no_customer_data_is_in_the_event_log(services: Services, read: Site) -> None:
    log = read.event_log()
    assert "sandbox_reconcile" in log
    assert services.environment["STRIPE_API_KEY"] not in log
    assert "PRIVATE KEY" not in log
    assert "@" not in log


@pytest.mark.rule("X10")
def test_a_refused_key_leaves_the_last_results(recent: Services, sites: Sites) -> None:
    site = sites.at("apis", recent.declaration())
    assert site.up_to("reconciliation_report").success
    before = digests(site.results, TABLES)
    again = sites.at("apis", recent.declaration(api_key="sk_test_revoked"))
    assert "Stripe" in failure(again.reconcile())
    assert digests(again.results, TABLES) == before


@pytest.mark.parametrize(
    ("service", "lacks", "says"),
    [
        ("stripe", "api_key", "There is no Stripe API key: set stripe.api_key."),
        ("netsuite", "private_key", "The NetSuite login lacks private_key: set netsuite.private_key."),
    ],
)
def test_a_secret_that_is_not_set_is_asked_for_when_it_is_needed(
    recent: Services, sites: Sites, service: str, lacks: str, says: str
) -> None:
    declared = recent.declaration()
    source = getattr(declared, service).model_copy(update={lacks: None})
    result = sites.at("apis", declared.model_copy(update={service: source})).reconcile()
    assert says in failure(result)
