"""What whole installations of older versions left behind is opened, gets today's form, and is carried on or taken back.

README.md says which they are and how they were made. The stand-ins have other ports than theirs had, so that the
addresses are told as they were: what a plan, an approval and a frame belong to is a hash of them.
"""

import json
import logging
import sqlite3
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from assets.replay.inputs import making_of
from assets.replay.replay import replay
from resources.extracts.source_identity import SourceIdentity
from resources.ledger import Guesses, Requests
from resources.netsuite_api.reading.reader import NetsuiteApiReader
from resources.storage.generations import read_manifest
from resources.stripe_api.reading.reader import StripeApiReader
from sandbox.netsuite_standin import Customer, Options
from schemas.errors import UserError
from tests.pipelines.api_world import NAME, Site, sentences, site

KEPT = Path(__file__).parent
NEWEST = "0006"
STATES = sorted(path.stem for path in KEPT.glob("*.zip"))
MAY_DELETE = Options(permissions={"LIST_CUSTJOB": 4, "LIST_FIND": 1})


@dataclass(frozen=True)
class Made:
    """What `made.json` says: the form of the ledger, the plan, the hash of the accounts, the addresses, the world."""

    form: str
    plan: str
    accounts: str
    creates: bool
    results: str
    urls: Mapping[str, str]
    world: Mapping[str, Any]
    commit: str


@contextmanager
def restored(folder: Path, state: str) -> Iterator[tuple[Site, Made]]:
    """The installation as it was left, over both services as they stood."""
    with zipfile.ZipFile(KEPT / f"{state}.zip") as archive:
        archive.extractall(folder)
    made = Made(**json.loads((folder / "made.json").read_text()))
    if made.results != NAME:
        (folder / "out" / NAME).symlink_to(made.results)
    given: dict[str, Any] = {"on_none": "create", "create": {"when": "at_once"}} if made.creates else {}
    with site(folder, options=MAY_DELETE, **given) as at:
        _fill(at, made.world)
        urls = {getattr(at.sync.declaration, side).base_url: url for side, url in made.urls.items()}
        with _told_as(StripeApiReader, urls), _told_as(NetsuiteApiReader, urls):
            yield replace(at), made


def _fill(at: Site, world: Mapping[str, Any]) -> None:
    at.netsuite.customers.clear()
    for number, each in world["netsuite"].items():
        modified, created = (datetime.fromisoformat(each[name]) for name in ("modified", "created"))
        record = Customer(int(number), each["values"], modified, each["version"], currencies=each["currencies"])
        record.addresses, record.created = each["addresses"], created
        at.netsuite.customers[int(number)] = record
    for customer in world["stripe"]:
        if customer["id"] not in at.stripe.ids:
            at.stripe.create({"email": customer["email"]}, customer_id=customer["id"], created=customer["created"])
        at.stripe.update(customer["id"], {"metadata": customer["metadata"]})


@contextmanager
def _told_as(reader: type[StripeApiReader | NetsuiteApiReader], urls: Mapping[str, str]) -> Iterator[None]:
    getter = vars(reader)["origin"].fget

    def told(self: object) -> SourceIdentity:
        found: SourceIdentity = getter(self)
        return replace(found, account=tuple(urls.get(part, part) for part in found.account))

    with patch.object(reader, "origin", property(told)):
        yield


@pytest.fixture(params=STATES)
def state(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.rule("W9")
@pytest.mark.rule("W10")
def test_a_kept_installation_is_carried_on_and_taken_back(
    tmp_path: Path, state: str, caplog: pytest.LogCaptureFixture
) -> None:
    with restored(tmp_path, state) as (at, made), caplog.at_level(logging.WARNING):
        assert at.sync.accounts == made.accounts
        assert read_manifest(at.sync.folders.results(NAME)) or made.form == "0002"
        bare = {name: links for name, links in at.links().items() if name in {"3", "7", "cus_3"}}

        before = at.statuses(made.plan)  # which opens the ledger
        _check_copy(at, made, caplog.text)
        _check_what_was_decided(at, made)
        _check_frames(at)
        assert before["stripe:cus_1:metadata.netsuite_customer_id"] == "intended"
        assert before["netsuite:2:external_id"] == "conflict"
        assert {before[name] for name in before if ":3:" in name or "cus_3" in name} == {"undone"}

        result = at.apply(made.plan)
        assert result.success, sentences(result)
        after = at.statuses(made.plan)
        assert {status for name, status in after.items() if name != "netsuite:2:external_id"} == {"applied"}
        assert at.links() == {
            "1": ("cus_1", "cus_1", "VIP\ncus_1"),
            "2": ("cus_foreign", "cus_2", "cus_2"),
            "3": ("cus_3", "cus_3", "cus_3"),
            "6": ("cus_6", "cus_6", "cus_6"),
            "7": (None, None, None),
            "cus_1": ("1",),
            "cus_2": (None,),  # its record has refused the external id
            "cus_3": ("3",),
            "cus_6": ("6",),
            **({"8": ("cus_4", "cus_4", "cus_4"), "cus_4": ("8",)} if made.creates else {"cus_4": (None,)}),
        }

        result = at.undo(made.plan)
        assert result.success, sentences(result)
        assert at.links() == {
            **bare,
            "1": (None, None, "VIP"),
            "2": ("cus_foreign", None, None),
            "6": (None, None, None),
            **dict.fromkeys(("cus_1", "cus_2", "cus_4", "cus_6"), (None,)),
        }
        assert read_manifest(at.sync.folders.results(NAME))["outcomes.csv"]["plan"] == made.plan


def _check_copy(at: Site, made: Made, said: str) -> None:
    home = at.sync.folders.home
    copies = list(home.glob("ledger.db.form-*"))
    assert _form(home / "ledger.db") == NEWEST
    assert len(copies) == (made.form != NEWEST)
    for copy in copies:
        assert copy.name.startswith(f"ledger.db.form-{made.form}-")
        assert (_form(copy), copy.stat().st_mode & 0o777) == (made.form, 0o600)
        assert f"a copy of that is {copy}" in said


def _form(ledger: Path) -> str:
    with closing(sqlite3.connect(ledger)) as opened:
        return str(opened.execute("SELECT version_num FROM ledger_version").fetchone()[0])


def _check_what_was_decided(at: Site, made: Made) -> None:
    assert at.sync.overrides().select("stripe_customer_id", "netsuite_internal_id", "who", "why").rows() == [
        ("cus_3", 3, "ada", "by phone")
    ]
    with at.sync.ledger() as ledger:
        asked = Requests(ledger, at.sync.declared_accounts).of_plan(made.plan)
        guesses = Guesses(ledger, at.sync.declared_accounts).known()
    assert [each.direction for each in asked] == ["apply"] * (len(asked) - 1) + ["undo"]
    names = {"0002": None, "0003": None, "0004": None}
    assert {each.who for each in asked if each.direction == "apply"} == {names.get(made.form, "Ada")}
    assert guesses.height == (made.form == NEWEST)


def _check_frames(at: Site) -> None:
    """What was read of NetSuite is still there as it was; Stripe's months lack a column, and have to be read again."""
    assert at.frame("netsuite_customers").height >= 5
    with pytest.raises(UserError, match=r"All months of stripe_customers .* materialize them again"):
        at.frame("stripe_customers")


def test_after_an_upgrade_the_copy_of_before_can_be_put_back(tmp_path: Path) -> None:
    with restored(tmp_path, STATES[0]) as (at, made):
        before = at.statuses(made.plan)
        [copy] = at.sync.folders.home.glob("ledger.db.form-*")
        assert at.undo(made.plan).success
        for ending in ("-wal", "-shm"):
            (at.sync.folders.home / f"ledger.db{ending}").unlink(missing_ok=True)
        copy.replace(at.sync.folders.home / "ledger.db")
        assert at.statuses(made.plan) == before
        assert at.undo(made.plan).success  # what it says of this finds nothing that still stands
        assert at.links()["cus_6"] == (None,)


def test_the_oldest_installation_reconciles_and_keeps_its_results(tmp_path: Path) -> None:
    with restored(tmp_path, STATES[0]) as (at, made):
        old = (at.sync.folders.results(NAME) / "outcomes.csv").read_bytes()
        assert at.reconcile() != made.plan
        assert at.sync.folders.results(NAME).is_symlink()
        assert (at.sync.folders.results(NAME) / "outcomes.csv").read_bytes() == old
        assert [path.name for path in (tmp_path / "out" / ".runs" / NAME).glob("*-before")]


@pytest.mark.rule("X12")
def test_its_plan_is_made_again_identically_where_its_inputs_are_kept(tmp_path: Path, state: str) -> None:
    with restored(tmp_path, state) as (at, made):
        if not (at.sync.folders.home / "inputs").exists():
            with pytest.raises(UserError, match="inputs"):
                making_of(at.sync, made.plan)
            return
        assert not replay(at.sync, making_of(at.sync, made.plan)).differences
