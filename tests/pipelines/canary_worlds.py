"""Two installations in which every job has run, well and not, on customers who are canaries."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl

from resources.notify.services import ServiceNotifier
from sandbox.netsuite_standin.world import SYNC_REQUEST
from sandbox.stripe_standin import ApiKey
from tests.pipelines import api_world
from tests.pipelines.api_world import MOMENT
from tests.pipelines.canaries import (
    COMMENTS,
    COMPANY,
    EMAIL,
    MAIL_PASSWORD,
    PERSON,
    STRIPE_KEY,
    WEBHOOK_TOKEN,
    WRONG_KEY,
    Watch,
    watched,
)
from tests.pipelines.jobs.deciding import as_csv
from tests.pipelines.test_to_stripe import MAY_DELETE, TO_STRIPE, world
from tests.reconciling import FIELDS, Site, declaration, site_at
from tests.resources.raw_server import Sent, raw_server

EVENTS = ["success", "failure"]
WHO = {"who": "Ada", "why": "by phone"}
PLAN = {"plan": "0" * 64, "who": "Ada"}
OPERATIONS: Sequence[tuple[str, str, Mapping[str, Any]]] = (
    ("apply", "netsuite_links", PLAN),
    ("undo", "undo_plan", PLAN),
    ("override", "decide", {"customer": "cus_4", "record": "3", **WHO}),
    ("override_file", "decide_file", {"file": "mine.csv", **WHO}),
    ("replay", "replay_plan", {}),
    ("compare", "compare_declarations", {}),
    ("sync_one", "sync_customer", {"internal_id": 11}),
    ("prune", "prune_old", {}),
)
"""The jobs of one operation: what each asks for."""


def operate_alike(watch: Watch, defs: dg.Definitions, *, well: bool) -> None:
    """The jobs of every declaration: half of them are asked for what can be done, the others for what cannot."""
    (watch.folder / "mine.csv").write_text(as_csv(ROWS if well else ROWS[:1]))
    watch.run(defs, "override", "decide", customer="cus_4", record="never" if well else "404", **WHO)
    watch.run(defs, "override_file", "decide_file", file="mine.csv", **WHO)
    watch.run(defs, "replay", "replay_plan", plan="" if well else "0" * 12)
    watch.run(defs, "compare", "compare_declarations", second="" if well else "0" * 12)
    watch.run(defs, "prune", "prune_old", only=[] if well else ["ledger"])


ROWS = [
    {"stripe_customer_id": customer, "decision": decision, "why": "by phone"}
    for customer, decision in (("cus_2", "never"), (EMAIL, "never"), ("cus_3", f"3, {COMPANY}, {EMAIL}"), ("", COMPANY))
]


@dataclass(frozen=True)
class Apis:
    """Both directions; every job has run, and what can fail has failed. `heard` is what the alerts said."""

    site: api_world.Site
    watch: Watch
    heard: str


@contextmanager
def over_apis(folder: Path) -> Iterator[Apis]:
    """Both services have customers to be made, linked, refused and doubted."""
    with raw_server(lambda _: Sent(status=404)) as receiver, watched(folder) as watch:
        declared: dict[str, Any] = {
            "on_none": "create",
            "create": {"when": "at_once"},
            "to_stripe": {**TO_STRIPE, "updates": ["email", "name", "phone"]},
            "writes": {"mode": "auto"},
            "brakes": {"match_rate": 1, "most_creates": 9, "most_stripe_creates": 9},
            "notify": {
                "kind": "webhook",
                "url": f"{receiver.url}/{WEBHOOK_TOKEN}",
                "events": [*EVENTS, "brakes", "late"],
            },
        }
        with world(folder, options=MAY_DELETE, instance=watch.instance, **declared) as made:
            made.world.add_key(ApiKey(STRIPE_KEY))
            at = made.redeclared(stripe={"api_key": STRIPE_KEY})
            populate(at)
            operate(at, watch)
            yield Apis(at, watch, " ".join(f"{asked.body.decode()} {asked.headers}" for asked in receiver.asked))


def populate(at: api_world.Site) -> None:
    """Customers to be made on either side, to be linked, to be refused, and to be doubted."""
    at.stripe.create({**PERSON}, customer_id="cus_new", created=MOMENT)
    at.stripe.create({**PERSON, "email": "jabberwocky at zubrowka"}, customer_id="cus_bad", created=MOMENT)
    at.stripe.update("cus_3", {"metadata": {"netsuite_customer_id": "Mrs Quillfeather"}})
    phone = PERSON["phone"]
    at.netsuite.insert(11, email=f"frumious.{EMAIL}", companyname=COMPANY, phone=phone, comments=COMMENTS)
    at.netsuite.insert(12, email="frumious at zubrowka", companyname=f"{COMPANY} 2", phone=phone * 3, comments=COMMENTS)
    at.netsuite.insert(13, externalid="Mrs Quillfeather", companyname=PERSON["name"], comments=COMMENTS)


def operate(at: api_world.Site, watch: Watch) -> None:
    """Every job, and what goes wrong in each."""
    watch.run(at.redeclared(stripe={"api_key": WRONG_KEY}).definitions, "reconcile")
    watch.run(at.redeclared(netsuite={"token_secret": "token-secret-no"}).definitions, "reconcile")
    watch.run(at.definitions, "daily")
    plan = str(at.metadata("write_plan")["plan_hash"])
    at.netsuite.refuse(11, "externalid", "USER_ERROR", f"Not for {EMAIL}, {PERSON['name']}.")
    at.netsuite.edit(2, externalid="Mrs Quillfeather 2")
    at.stripe.update("cus_2", {"metadata": {"netsuite_customer_id": "Mrs Quillfeather"}})
    for job, op in (("apply", "netsuite_links"), ("undo", "undo_plan")):
        watch.run(at.definitions, job, op, **PLAN)
        watch.run(at.definitions, job, op, plan=plan, who="Ada")
    for record in (11, 404):
        watch.run(at.definitions, "sync_one", "sync_customer", internal_id=record)
    operate_alike(watch, at.definitions, well=True)
    at.netsuite.edit(11, **{SYNC_REQUEST: True})
    watch.look(at.definitions)


@contextmanager
def over_files(folder: Path) -> Iterator[tuple[Site, Watch]]:
    """Two export files, one of which has at last a row that cannot be meant."""
    mail = ServiceNotifier(urls=[f"mailto://tieout:{MAIL_PASSWORD}@127.0.0.1:9?from=a@b.example&to=a@b.example"])
    with watched(folder) as watch, site_at(folder, declaration(notify={"events": EVENTS})) as made:
        site = Site(replace(made.sync, notifier=mail), watch.instance)
        write_exports(folder)
        watch.run(site.definitions, "reconcile")
        operate_alike(watch, site.definitions, well=False)
        write_exports(folder, bad=COMPANY)
        watch.run(site.definitions, "reconcile")
        watch.look(site.definitions)
        yield site, watch


def write_exports(folder: Path, bad: str = "12") -> None:
    people = [(f"cus_{n}", f"p{n}.{EMAIL}", PERSON["name"], PERSON["phone"], "2026-06-01 00:00") for n in (1, 2, 3, 4)]
    labels = ("id", "Email", "Name", "Phone", "Created (UTC)")
    pl.DataFrame(people, schema=list(labels), orient="row").write_csv(folder / "stripe.csv")
    records = [
        (record, f"p{n}.{EMAIL}", COMPANY, COMMENTS, None, None, "Customer", "No")
        for n, record in enumerate(("11", bad), 1)
    ]
    names = ("internal_id", "email", "company_name", "comments", "external_id", "stripe_id", "stage", "inactive")
    pl.DataFrame(records, schema=[FIELDS[name] for name in names], orient="row").write_csv(folder / "netsuite.csv")
