"""`make apply-stripe`: a file of updates is written through the journal, as far as a plan has it, and once."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import polars as pl
import pytest
import yaml

from assets.write_back.stripe_file import Applied, Start, apply_file, writing_account
from pipelines.apply_stripe import main
from resources.exports.stripe_updates import read_stripe_updates
from resources.ledger import Decisions
from sandbox.stripe_standin import Book, Fault, StandInOptions, StripeStandIn, StripeWorld
from schemas.attempts import Direction
from schemas.errors import AccessError, ExportError, UserError
from schemas.words import LINK_KEY, StripeId
from tests.in_process import command
from tests.installed import install, start_python
from tests.pipelines.api_world import site as api_site
from tests.reconciling import NETSUITE, STRIPE, Site, declaration, site_at

HEADER = f"id,{LINK_KEY}\n"
CREATED = 1_780_272_000  # 2026-06-01
UPDATES = ("acme", "out/acme/stripe_updates.csv")
UNLIMITED = StandInOptions(endpoint_rate=None, test_rate=None, live_rate=None)


@dataclass
class World:
    """An installation over two export files that has made a plan, and the Stripe account that they are of."""

    at: Site
    book: Book
    key: str

    @property
    def file(self) -> Path:
        return self.at.results / "stripe_updates.csv"

    def apply(self, file: Path | None = None, direction: Direction = "apply") -> Applied:
        updates = read_stripe_updates(file or self.file)
        account = writing_account(self.at.sync, self.key).model_copy(
            update={"retry_seconds": 0.2, "longest_wait": 0.01}
        )
        return apply_file(
            self.at.sync, self.at.instance, updates, account, Start(str(uuid4()), direction, "Ada"), print
        )

    def links(self) -> dict[str, object]:
        return {customer: link(self.book, customer) for customer in self.book.ids}

    def write(self, text: str) -> Path:
        path = self.at.results / "edited.csv"
        path.write_text(text)
        return path


def link(book: Book, customer: str) -> object:
    body = book.get(customer)
    assert body is not None
    metadata = body["metadata"]
    assert isinstance(metadata, dict)
    return metadata.get(LINK_KEY)


@contextmanager
def stripe(options: StandInOptions = UNLIMITED) -> Iterator[tuple[StripeStandIn, StripeWorld]]:
    world = StripeWorld()
    world.book().load((f"cus_{number}", CREATED + number, {}) for number in (1, 2, 3, 4))
    world.book().update("cus_2", {"metadata": {LINK_KEY: "8"}})
    with StripeStandIn(world, options) as server:
        yield server, world


@contextmanager
def planned(folder: Path) -> Iterator[World]:
    with stripe() as (server, served):
        source = {"export": "stripe.csv", "since": "2026-06", "base_url": server.url, "mode": "test"}
        with site_at(folder, declaration(stripe=source)) as at:
            assert at.up_to("reconciliation_report").success
            yield World(at, served.book(), served.test_key)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with planned(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One for all that is refused, and so changes nothing in it."""
    with planned(tmp_path_factory.mktemp("refusing")) as made:
        yield made


@pytest.mark.rule("W1", "W8", "W9")
def test_a_file_is_written_once_and_can_be_taken_back(world: World) -> None:
    before = world.links()
    assert world.file.read_text() == f"{HEADER}cus_1,7\ncus_3,7\n"
    first = world.apply()
    assert (first.plan, first.done, first.standing) == (world.at.plan_hash(), {"applied": 2}, {"applied": 2})
    assert world.links() == {**before, "cus_1": "7", "cus_3": "7"}
    second = world.apply()
    assert (second.done, second.standing) == (Counter(), {"applied": 2})
    assert world.apply(direction="undo").done == {"undone": 2}
    assert world.links() == before
    assert world.apply().done == {"applied": 2}


@pytest.mark.rule("W8")
def test_what_somebody_has_set_since_stays(world: World) -> None:
    world.book.update("cus_1", {"metadata": {LINK_KEY: "99"}})
    world.book.update("cus_3", {"metadata": {LINK_KEY: "7"}})
    assert world.apply().done == {"conflict": 1, "already": 1}
    assert (world.links()["cus_1"], world.links()["cus_3"]) == ("99", "7")
    assert world.apply(direction="undo").done == Counter()
    outcomes = pl.read_csv(world.at.results / "outcomes.csv", infer_schema=False)
    assert outcomes["who"].unique().to_list() == ["Ada"]
    assert outcomes.select("status", "found").rows() == [("conflict", "99"), ("already", None)]


def test_a_part_of_a_file_is_applied_alone_and_the_rest_later(world: World) -> None:
    assert world.apply(world.write(f"{HEADER}cus_3,7\n")).done == {"applied": 1}
    assert (world.links()["cus_1"], world.links()["cus_3"]) == (None, "7")
    rest = world.apply()
    assert (rest.done, rest.standing) == ({"applied": 1}, {"applied": 2})


def test_the_file_of_an_older_plan_takes_back_what_was_written_by_it(world: World) -> None:
    """The newer plan has the same rows, as the export is still the old one, but nothing was written by it."""
    old = world.write(world.file.read_text())
    world.apply()
    (world.at.sync.folders.root / "netsuite.csv").write_text(NETSUITE.replace("pays late", "pays later"))
    assert world.at.up_to("reconciliation_report").success
    assert world.apply().done == {"already": 2}
    assert world.apply(old, direction="undo").done == {"undone": 2}


@pytest.mark.rule("M8")
def test_a_blank_cell_takes_away_what_a_person_decided_against_and_an_undo_puts_it_back(world: World) -> None:
    assert world.apply().done == {"applied": 2}
    linked = STRIPE.replace("Acme,2026-06-01 00:00,\n", "Acme,2026-06-01 00:00,7\n")
    (world.at.sync.folders.root / "stripe.csv").write_text(linked)
    with world.at.sync.ledger() as ledger:
        Decisions(ledger, "acme").decide(StripeId("cus_1"), "never", None, "Ada", "another Acme")
    assert world.at.up_to("reconciliation_report").success
    assert "cus_1,\n" in world.file.read_text().replace('""', "")
    assert world.apply().done == {"applied": 1, "already": 1}
    assert link(world.book, "cus_1") is None
    assert world.apply(direction="undo").done == {"undone": 1}
    assert link(world.book, "cus_1") == "7"


@pytest.mark.rule("X1")
@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("cus_1,7\ncus_3,8\n", "Line 3 of {} gives cus_3 the record 8, which stands in no plan of acme"),
        ("cus_1,\n", "Line 2 of {} gives cus_1 no record, which stands in no plan of acme with the"),
        ("cus_4,7\ncus_1,8\n", "Line 2 of {} gives cus_4 the record 7, which stands in no plan of acme with the"),
        ("Acme Ltd,7\n", "Line 2 of {} gives a text that looks like no Stripe customer the record 7, which stands"),
    ],
)
def test_a_row_that_nobody_planned_is_refused_with_its_line_and_nothing_is_written(
    refusing: World, rows: str, said: str
) -> None:
    before = refusing.links()
    edited = refusing.write(HEADER + rows)
    with pytest.raises(UserError, match="was approved by nobody") as raised:
        refusing.apply(edited)
    assert str(raised.value).startswith(said.format(edited))
    assert "Acme" not in str(raised.value)
    assert refusing.links() == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{HEADER}cus_1,7.0E+0\n", "Line 2 of {} has a number under 'netsuite_customer_id' that a spreadsheet has"),
        (f"{HEADER}cus_1,7\ncus_3,7.00\n", "Line 3 of {} has a number under"),
        (f"{HEADER}cus_1,Acme\n", "Line 2 of {} has something else than an internal id under"),
        (f"{HEADER},7\n", "Line 2 of {} has no customer"),
        (f"{HEADER}cus_1,7\ncus_1,7\n", "Line 3 of {} names a customer that a line before it names"),
        ("id,record\ncus_1,7\n", "{} is no file of updates for Stripe: its columns are id, record, and should be id, "),
        (STRIPE, "{} is no file of updates for Stripe: its columns are id, Email,"),
        (f"{HEADER}cus_1,7,\n", "Line 2 of {} has 3 of 2 fields"),
        ("", "{} is empty"),
        (None, "There is no file {}"),
    ],
)
def test_a_file_that_is_not_as_it_was_written_gives_one_sentence(tmp_path: Path, text: str | None, said: str) -> None:
    path = tmp_path / "stripe_updates.csv"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ExportError) as raised:
        read_stripe_updates(path)
    assert str(raised.value).startswith(said.format(path))


def test_a_file_without_rows_asks_for_nothing(tmp_path: Path) -> None:
    path = tmp_path / "stripe_updates.csv"
    path.write_text(HEADER)
    assert read_stripe_updates(path).rows.is_empty()


def test_the_command_ends_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    assert main(["acme", ""]) == 1
    assert main(["acme", str(tmp_path / "nothing.csv")]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.splitlines() == [
        "✗ Say which file: make apply-stripe NAME=acme FILE=out/acme/stripe_updates.csv.",
        f"✗ There is no file {tmp_path}/nothing.csv; give the path of the stripe_updates.csv that a run has written.",
    ]


def test_a_key_of_the_other_mode_is_refused(refusing: World) -> None:
    with pytest.raises(AccessError, match="expects Stripe in test mode, but the key is for live mode"):
        writing_account(refusing.at.sync, "rk_live_1")
    with pytest.raises(AccessError, match="There is no Stripe API key: set STRIPE_API_KEY"):
        writing_account(refusing.at.sync, None)


def test_customers_of_the_other_mode_are_refused(tmp_path: Path) -> None:
    """Read over the API, where each says its mode; NetSuite is an export."""
    (tmp_path / "netsuite.csv").write_text(NETSUITE)
    with api_site(tmp_path) as at:
        half = at.redeclared(netsuite_fields={"internal_id": "Internal ID"}, rules=[])
        given = half.sync.declaration.model_dump(exclude_unset=True) | {"netsuite": {"export": "netsuite.csv"}}
        given["stripe"]["mode"] = None
        with pytest.raises(UserError, match="apply its plan with acme_apply"):
            writing_account(at.sync, at.world.test_key)
        with site_at(tmp_path, declaration(**given), root=tmp_path) as files:
            assert files.up_to("write_plan").success
            assert writing_account(files.sync, at.world.test_key).key_mode == "test"
            with pytest.raises(AccessError, match="opens live mode, but the customers of acme are of the other"):
                writing_account(files.sync, "rk_live_1")


@pytest.mark.rule("W9", "X6")
def test_what_a_killed_start_left_open_is_settled_first(tmp_path: Path) -> None:
    """A process of its own, killed while Stripe has the writes and has not answered."""
    with stripe() as (server, served):
        source = {"export": "stripe.csv", "since": "2026-06", "base_url": server.url}
        attributes = declaration(stripe=source).model_dump(exclude_unset=True, mode="json")
        declared = yaml.safe_dump({"type": "pipelines.CustomerSync", "attributes": attributes})
        files = {"stripe.csv": STRIPE, "netsuite.csv": NETSUITE, "pipelines/defs/acme/defs.yaml": declared}
        install(tmp_path, files)
        assert command(tmp_path, "run", "acme").returncode == 0
        environment = {"STRIPE_API_KEY": served.test_key}
        server.fault(Fault(kind="late", method="POST", after_effect=True))
        with start_python(tmp_path, "-m", "pipelines.apply_stripe", *UPDATES, environment=environment) as process:
            while link(served.book(), "cus_1") is None and process.poll() is None:
                time.sleep(0.01)
            process.kill()
        again = command(tmp_path, "apply_stripe", *UPDATES, environment=environment)
        assert (again.returncode, again.stderr) == (0, "1 of 1 stripe change\n")
        assert [line.split()[:3] for line in again.stdout.splitlines() if "applied" in line] == [["applied", "1", "2"]]
        assert [link(served.book(), f"cus_{number}") for number in (1, 2, 3, 4)] == ["7", "8", "7", None]
        assert server.effects == 2
