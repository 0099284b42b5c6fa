"""One declaration over two APIs, served by the stand-ins, with its jobs run in this process."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import polars as pl

from assets.reconciliation import IO_MANAGER_KEY, Reconciliation
from pipelines.customer_sync import build_defs, reconciliation
from resources.ledger import Journal, Requests
from resources.storage.folders import Folders
from resources.storage.io_manager import ParquetIOManager
from sandbox.netsuite_standin import STANDARD_COLUMNS, STRIPE_FIELD, NetsuiteStandIn, Options, SavedSearch, World
from sandbox.stripe_standin import Book, StandInOptions, StripeStandIn, StripeWorld
from schemas.declaration import Declaration
from schemas.words import LINK_KEY
from tests.memory import in_memory, with_ledger
from tests.reconciling import run_up_to

MOMENT = 1_767_225_600  # 2026-01-01
LONG_AGO = datetime.fromtimestamp(MOMENT, UTC)
NAME = "acme"
LINK_OP = f"{NAME}__netsuite_links"


@dataclass
class Site:
    """The stand-ins, the declaration over them, and Dagster."""

    netsuite: World
    stripe: Book
    sync: Reconciliation
    instance: dg.DagsterInstance
    world: StripeWorld
    service: StripeStandIn
    definitions: dg.Definitions = field(init=False)

    def __post_init__(self) -> None:
        resources = {IO_MANAGER_KEY: ParquetIOManager(self.sync.folders)}
        self.definitions = dg.Definitions.merge(build_defs(self.sync), dg.Definitions(resources=resources))

    def redeclared(self, **given: object) -> "Site":
        """The same installation and the same services, under a declaration of the same name that says otherwise."""
        declared = self.sync.declaration.model_dump(exclude_unset=True)
        for name, value in given.items():
            is_side = name in {"stripe", "netsuite"}
            declared[name] = {**declared[name], **value} if is_side and isinstance(value, Mapping) else value
        return replace(self, sync=reconciliation(Declaration.model_validate(declared), self.sync.folders))

    def frame(self, asset: str) -> pl.DataFrame:
        """What is kept of an asset."""
        if asset == "stripe_customers":
            return self.sync.frames.read_months(asset, self.sync.month_keys()).collect()
        return self.sync.frames.read(asset).collect()

    def run(
        self, job: str, config: Mapping[str, object] | None = None, tags: Mapping[str, str] | None = None
    ) -> dg.ExecuteInProcessResult:
        """Run a job of the declaration; it may fail."""
        definition = self.definitions.resolve_job_def(f"{NAME}_{job}")
        return definition.execute_in_process(
            instance=self.instance, raise_on_error=False, run_config=config, tags=dict(tags or {})
        )

    def materialize(self, *assets: str, month: str | None = None) -> dg.ExecuteInProcessResult:
        """Materialize some assets without the checks beside them, as a person can in the UI; it may fail."""
        keys = {self.sync.key(name) for name in assets}
        job = self.definitions.resolve_implicit_global_asset_job_def()
        own = {check for key in keys for check in self.definitions.resolve_assets_def(key).check_keys}
        alone = job.get_subset(asset_selection=keys, asset_check_selection=own)
        return alone.execute_in_process(instance=self.instance, raise_on_error=False, partition_key=month)

    def reconcile(self) -> str:
        """Reconcile; give the hash of the plan."""
        result = self.run("reconcile")
        assert result.success, sentences(result)
        return self.plan_hash()

    def up_to(self, *assets: str, checks: Sequence[str] = ()) -> dg.ExecuteInProcessResult:
        """Run the part of `reconcile` that makes these assets, and these checks, and no more; it may fail."""
        return run_up_to(self.sync, self.definitions, self.instance, assets, checks)

    def plan(self) -> str:
        """Read, match and plan, and no more; give the hash of the plan."""
        result = self.up_to("write_plan")
        assert result.success, sentences(result)
        return self.plan_hash()

    def plan_hash(self) -> str:
        """The hash of the plan that was made last."""
        return str(self.metadata("write_plan")["plan_hash"])

    def apply(self, plan: str, **part: object) -> dg.ExecuteInProcessResult:
        return self.run("apply", {"ops": {LINK_OP: {"config": {"plan": plan, "who": "Ada", **part}}}})

    def undo(self, plan: str, **part: object) -> dg.ExecuteInProcessResult:
        return self.run("undo", {"ops": {f"{NAME}__undo_plan": {"config": {"plan": plan, "who": "Bob", **part}}}})

    def override(
        self, customer: str, record: str, who: str = "ada", why: str = "by phone"
    ) -> dg.ExecuteInProcessResult:
        config = {"customer": customer, "record": record, "who": who, "why": why}
        return self.run("override", {"ops": {f"{NAME}__decide": {"config": config}}})

    def metadata(self, asset: str) -> dict[str, object]:
        """What an asset last reported."""
        event = self.instance.get_latest_materialization_event(self.sync.key(asset))
        assert event is not None
        assert event.asset_materialization is not None
        return {name: value.value for name, value in event.asset_materialization.metadata.items()}

    def links(self) -> dict[str, tuple[object, ...]]:
        """Record → external id, Stripe id, comments; customer → its metadata."""
        records = {
            str(n): tuple(c.values.get(f) or None for f in ("externalid", STRIPE_FIELD, "comments"))
            for n, c in self.netsuite.customers.items()
        }
        return records | {c: (self.link_of(c),) for c in self.stripe.ids if not self.is_deleted(c)}

    def is_deleted(self, customer: str) -> bool:
        return bool((self.stripe.get(customer) or {}).get("deleted"))

    def link_of(self, customer: str) -> object:
        body = self.stripe.get(customer)
        assert body is not None
        metadata = body["metadata"]
        assert isinstance(metadata, dict)
        return metadata.get(LINK_KEY)

    def statuses(self, plan: str) -> dict[str, str]:
        with self.sync.ledger() as ledger:
            return {
                name: entry.status for name, entry in Journal(ledger, self.sync.declared_accounts).latest(plan).items()
            }

    def approved(self) -> set[str]:
        with self.sync.ledger() as ledger:
            return {plan for plan, _ in Requests(ledger, self.sync.declared_accounts).approvals()}

    def result(self, file: str) -> pl.DataFrame:
        return pl.read_csv(self.sync.folders.results(NAME) / file, infer_schema=False)


def sentences(result: dg.ExecuteInProcessResult) -> list[str]:
    """What a run that failed says to a person."""
    failures = [event.step_failure_data for event in result.all_events if event.is_step_failure]
    return [f.user_failure_data.description or "" if f.user_failure_data else str(f.error) for f in failures]


FIELDS = {
    "internal_id": "Internal ID",
    "external_id": "External ID",
    "stripe_id": "Stripe Customer Id",
    "comments": "Comments",
    "email": "Email",
    "stage": "Stage",
    "inactive": "Inactive",
}


def declared(netsuite_url: str, stripe_url: str, key: str, **given: object) -> Declaration:
    return Declaration.model_validate(
        {
            "name": NAME,
            "stripe": {"api_key": key, "since": "2026-01", "base_url": stripe_url, "requests_per_second": 500},
            "netsuite": {
                "account": "1234567_SB1",
                "mass_search": "customsearch_tieout",
                "consumer_key": "consumer",
                "consumer_secret": "consumer-secret",
                "token_id": "token",
                "token_secret": "token-secret",
                "base_url": netsuite_url,
            },
            "netsuite_fields": FIELDS,
            "rules": [{"stripe": "email", "netsuite": "email"}],
            **given,
        }
    )


@contextmanager
def site(
    folder: Path,
    instance: dg.DagsterInstance | None = None,
    *,
    options: Options | None = None,
    searches: Sequence[SavedSearch] = (),
    **given: object,
) -> Iterator[Site]:
    """Three customers of 2026-01 whose e-mails three records have, and one that has none; long ago, so none is new."""
    records, world = World(now=lambda: LONG_AGO), StripeWorld()
    for number in (1, 2, 3):
        records.insert(number, email=f"n{number}@acme.example", comments="VIP" if number == 1 else None)
    book = world.book()
    book.load((f"cus_{n}", MOMENT + n, {"email": f"n{n}@acme.example"}) for n in (1, 2, 3, 4))
    unlimited = StandInOptions(endpoint_rate=None, test_rate=None, live_rate=None)
    saved = (SavedSearch(columns=STANDARD_COLUMNS), *searches)
    with NetsuiteStandIn(records, options or Options(), saved) as netsuite, StripeStandIn(world, unlimited) as stripe:
        netsuite.register_token(("consumer", "consumer-secret"), ("token", "token-secret"))
        declaration = declared(netsuite.url, stripe.url, world.test_key, **given)
        sync = reconciliation(declaration, with_ledger(Folders(folder, folder / "home", folder / "out")))
        if instance is not None:
            yield Site(records, book, sync, instance, world, stripe)
            return
        with in_memory() as made:
            yield Site(records, book, sync, made, world, stripe)
