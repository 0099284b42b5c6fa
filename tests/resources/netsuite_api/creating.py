"""What the tests of creating share: changes that create customers, and a run over HTTP with a ledger."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict, Unpack

import orjson

from assets.write_back.executor import WriteBack
from assets.write_back.run import Tally, apply_step, undo_part
from assets.write_back.selection import STEPS, Part
from resources.ledger import Journal, Ledger
from resources.netsuite_api import HowToUndo, NetsuiteClient, NetsuiteCreates, NetsuiteEdits
from resources.writers import Writer, registry
from sandbox.netsuite_standin import STRIPE_FIELD, NetsuiteStandIn, Options, World
from schemas.attempts import Entry
from schemas.change import Change
from schemas.words import LINK_FIELD, StripeId
from tests.resources.ledger.ledgers import ACME, PLAN
from tests.resources.netsuite_api.netsuite_world import ClientSettings, connected

MAY_DELETE = Options(permissions={"LIST_CUSTJOB": 4, "LIST_FIND": 1})


def record_of(key: str, **fields: object) -> str:
    """Give the canonical JSON of a record, with its links."""
    body = {"companyname": f"Company {key}", "entityid": f"Company {key}", "isperson": "F"}
    links = {"externalid": key, STRIPE_FIELD: key, "comments": key}
    book = [{"addr1": "1 Main Street", "city": "Springfield", "country": "US", "defaultbilling": True}]
    record = {"addressbook": book, "currencies": "active", "fields": {**body, **links, **fields}}
    return orjson.dumps(record, option=orjson.OPT_SORT_KEYS).decode()


def create_of(number: int, **fields: object) -> Change:
    """Create the record of customer cus_<number>."""
    key = f"cus_{number}"
    name = f"netsuite:create:{key}"
    return Change(
        name, "netsuite", None, "record", "create", None, key, StripeId(key), None, values=record_of(key, **fields)
    )


def link_of(number: int) -> Change:
    """Name that record in the metadata of cus_<number>."""
    key = StripeId(f"cus_{number}")
    return Change(
        f"stripe:{key}:{LINK_FIELD}", "stripe", key, LINK_FIELD, "set", None, None, key, None,
        value_from=f"netsuite:create:{key}",
    )  # fmt: skip


class KilledError(BaseException):
    """What ends a run in the middle, whatever is caught."""


@dataclass
class Stage:
    """A ledger, and the writers of a stand-in and maybe of others."""

    journal: Journal
    client: NetsuiteClient
    server: NetsuiteStandIn
    others: Sequence[Writer] = ()
    how: HowToUndo = "delete"
    batch: int = 25
    by_key_alone: bool = False

    def work(self, run_id: str, dies_at: str = "", at: int = 1) -> WriteBack:
        """Give everything that a run writes with, which is killed when it comes to `dies_at` for the nth time."""
        seen: list[str] = []

        def checkpoint(name: str) -> None:
            seen.append(name)
            if name == dies_at and seen.count(name) == at:
                raise KilledError

        creates = NetsuiteCreates(self.client, self.how, self.batch, by_key_alone=self.by_key_alone)
        writers = registry([creates, NetsuiteEdits(self.client), *self.others])
        return WriteBack(self.journal, writers, run_id, checkpoint=checkpoint)

    def apply(self, changes: Sequence[Change], run_id: str = "run", dies_at: str = "", at: int = 1) -> list[Tally]:
        return step_by_step(self.work(run_id, dies_at, at), Part(PLAN, changes))

    def undo(self, changes: Sequence[Change], run_id: str = "undo", dies_at: str = "", at: int = 1) -> Tally:
        return undo_part(self.work(run_id, dies_at, at), Part(PLAN, changes))

    def entry(self, number: int) -> Entry:
        """Give the last attempt at the create of cus_<number>."""
        return self.journal.latest(PLAN)[f"netsuite:create:cus_{number}"]

    def statuses(self) -> dict[str, str]:
        return {name: entry.status for name, entry in sorted(self.journal.latest(PLAN).items())}


class StageSettings(TypedDict, total=False):
    """What a test may set of a `Stage`."""

    others: Sequence[Writer]
    how: HowToUndo
    batch: int
    by_key_alone: bool


def step_by_step(work: WriteBack, part: Part) -> list[Tally]:
    """Apply a plan that takes nothing away; give what became of its creates and of what names them, in their order."""
    removals, *others = [apply_step(work, part, step) for step in STEPS]
    assert not removals.counts()
    return others


def counts(tallies: Iterable[Tally]) -> list[dict[str, int]]:
    return [dict(tally.counts()) for tally in tallies]


def customers(world: World) -> dict[str, list[int]]:
    """Give the records by external id: more than one would be a double."""
    found: dict[str, list[int]] = {}
    for number, customer in world.customers.items():
        found.setdefault(str(customer.values.get("externalid")), []).append(number)
    return found


@contextmanager
def stage(
    folder: Path,
    world: World | None = None,
    options: Options = MAY_DELETE,
    client_settings: ClientSettings | None = None,
    **given: Unpack[StageSettings],
) -> Iterator[Stage]:
    """Run a stand-in and open a ledger; `given` is what `Stage` takes."""
    with (
        Ledger.open(f"sqlite:///{folder / 'ledger.db'}", folder) as ledger,
        connected(world, options, **(client_settings or {})) as (client, server),
    ):
        yield Stage(Journal(ledger, ACME), client, server, **given)
