"""A plan is made again from its kept inputs, byte for byte; what was altered, removed or never kept is said (X12)."""

import os
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import hypothesis.strategies as st
import orjson
import polars as pl
import pytest
from hypothesis import given, settings

from assets.kept_inputs import NETSUITE, keep_picture, old_inputs, prune_inputs
from assets.reconciliation import Reconciliation
from assets.replay import replay as replaying
from assets.replay.inputs import making_of
from assets.replay.replay import replay
from assets.rules_version import RULES_VERSION
from resources.storage.kept_inputs import Making, Picture, hash_of_text
from schemas.declaration import Declaration
from schemas.errors import DamageError, UserError
from schemas.matches import DECISIONS_KEPT
from schemas.paired_plan import PairedPlan
from tests.assets.matching.oracle import World
from tests.assets.matching.small_worlds import customer, record, world
from tests.assets.matching.worlds import as_frames, worlds
from tests.assets.replay.kept_worlds import NOW, declared, opened, plan_again, run

SMALL = world(
    customer("cus_1", email="a@acme.example", name="Acme"),
    customer("cus_2", email="b@acme.example", name="Bee"),
    record(7, email="A@acme.example"),
    record(8, email="x@acme.example", company_name="bee"),
    cus_2=7,
)

DECLARATIONS = st.builds(
    declared,
    on_several=st.sampled_from(["first", "refuse"]),
    on_doubt=st.sampled_from(["note", "refuse"]),
    one_to_one=st.booleans(),
    match_inactive=st.booleans(),
    allow_list=st.booleans(),
    on_none=st.sampled_from(["report", "global"]),
    rules=st.sampled_from(
        [[], [{"stripe": "email", "netsuite": "email"}], [{"stripe": "metadata.crm", "netsuite": "crm", "as": "leaf"}]]
    ),
)


def object_of(sync: Reconciliation, part: str) -> Path:
    """The file that keeps a part of the inputs of the last plan."""
    making = making_of(sync, "")
    folder = sync.folders.home / "inputs" / sync.name / sync.accounts
    if part == "the list of them":
        return folder / "pictures" / f"{making.matching}.json"
    picture = sync.kept_inputs.picture(making.matching)
    assert isinstance(picture, Picture)
    return folder / "objects" / picture.contents[part]


@pytest.mark.rule("X12")
@settings(max_examples=10)
@given(found=worlds(), declaration=DECLARATIONS)
def test_any_world_is_replayed_identical(found: World, declaration: Declaration) -> None:
    with TemporaryDirectory() as folder:
        sync = opened(Path(folder), declaration)
        digest = run(sync, found)
        before = {path: path.stat().st_mtime_ns for path in sync.folders.home.rglob("*")}
        again = replay(sync, making_of(sync, digest[:10]))
        assert (again.making.plan, again.differences) == (digest, ())
        assert {path: path.stat().st_mtime_ns for path in sync.folders.home.rglob("*")} == before


@pytest.mark.rule("X12")
@pytest.mark.parametrize(
    "part", ["netsuite_customers", "stripe_customers/2024-05-01", "declaration", "decisions", "the list of them"]
)
@pytest.mark.parametrize("how", ["altered", "gone"])
def test_each_input_that_is_not_what_it_was_is_named(part: str, how: str, tmp_path: Path) -> None:
    sync = opened(tmp_path, declared())
    run(sync, SMALL)
    path = object_of(sync, part)
    content = bytearray(path.read_bytes())
    path.unlink()
    if how == "altered":
        content[len(content) // 3] ^= 1
        path.write_bytes(content)
    with pytest.raises(DamageError, match=rf"^The inputs of plan [0-9a-f]{{12}} .*: {part} (was altered|is gone)"):
        replay(sync, making_of(sync, ""))


@pytest.mark.rule("X12")
def test_an_altered_list_of_what_a_plan_was_made_from_is_said_and_no_other_plan_is_replayed_in_its_place(
    tmp_path: Path,
) -> None:
    sync = opened(tmp_path, declared())
    first = run(sync, SMALL)
    later = opened(tmp_path, declared(on_several="refuse"), NOW + timedelta(days=1))
    second = run(later, world(*SMALL.customers, *SMALL.records[:1]))
    assert first != second
    [file] = (sync.folders.home / "inputs" / sync.name / sync.accounts / "plans" / second).iterdir()
    for damaged in (b"{}", file.read_bytes().replace(b'"matching":"', b'"matching":"f')):
        file.write_bytes(damaged)
        for start, advice in (("", ", or name another plan with PLAN="), (second[:9], ".")):
            with pytest.raises(DamageError, match=f"What plan {second[:12]} was made from is no longer known") as said:
                making_of(later, start)
            assert advice in str(said.value)
    assert making_of(later, first).plan == first


def test_a_last_byte_in_the_metadata_of_a_frame_counts_too(tmp_path: Path) -> None:
    sync = opened(tmp_path, declared())
    run(sync, SMALL)
    path = object_of(sync, NETSUITE)
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content.replace(b"company_name", b"company_mane"))
    with pytest.raises(DamageError, match="netsuite_customers was altered: its hash is"):
        replay(sync, making_of(sync, ""))


@pytest.mark.rule("X12")
def test_another_version_of_the_rules_is_the_reason_where_the_plan_differs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = opened(tmp_path, declared())
    run(sync, SMALL)
    picture = sync.kept_inputs.picture(making_of(sync, "").matching)
    assert isinstance(picture, Picture)
    kept = kept_with(sync, picture.model_copy(update={"rules": 0}))
    assert replay(sync, kept).differences == ()  # what matters is the plan
    real = replaying.planned_again
    monkeypatch.setattr(
        replaying, "planned_again", lambda *inputs: PairedPlan(first=real(*inputs).lazy().head(1).collect())
    )
    found = replay(sync, kept)
    gone = sync.plans.read(kept.plan).get_column("change_id").to_list()[1:]
    assert found.differences == (
        f"no longer planned: {len(gone)} changes, {', '.join(gone[:5])}{' …' * (len(gone) > 5)}",
    )
    assert found.reasons == (f"it was made by version 0 of the rules, and this is version {RULES_VERSION}",)


def kept_with(sync: Reconciliation, picture: Picture, *texts: bytes) -> Making:
    """A making of the last plan from another picture."""
    old = making_of(sync, "")
    digest = sync.kept_inputs.keep(picture, {}, texts)
    return old.model_copy(update={"matching": digest, "planning": digest})


def test_a_declaration_of_another_version_is_refused_in_a_sentence(tmp_path: Path) -> None:
    sync = opened(tmp_path, declared())
    run(sync, SMALL)
    text = orjson.loads(object_of(sync, "declaration").read_bytes())
    text["said"]["rules"][0]["weight"] = 3
    content = orjson.dumps(text)
    picture = sync.kept_inputs.picture(making_of(sync, "").matching)
    assert isinstance(picture, Picture)
    making = kept_with(sync, picture.model_copy(update={"declaration": hash_of_text(content)}), content)
    with pytest.raises(UserError, match=r"kept by a version of Tieout that knew other settings \(rules.0.weight\)"):
        replay(sync, making)


@pytest.mark.rule("X12")
def test_pruned_inputs_say_so_and_others_stay(tmp_path: Path) -> None:
    first = run(opened(tmp_path, declared()), SMALL)
    sync = opened(tmp_path, declared(), NOW + timedelta(days=91))
    second = plan_again(sync, pl.DataFrame(schema=DECISIONS_KEPT))
    assert first != second
    with pytest.raises(UserError, match=r"were removed on 2024-09-01, as they were older than keep_inputs says"):
        replay(sync, making_of(sync, first))
    assert replay(sync, making_of(sync, second)).differences == ()
    assert prune_inputs(sync) == []


def test_pruning_names_the_plans_and_leaves_no_content_of_theirs(tmp_path: Path) -> None:
    sync = opened(tmp_path, declared(keep_inputs=30))
    digest = run(sync, SMALL)
    later = opened(tmp_path, declared(keep_inputs=30), NOW + timedelta(days=31))
    made_anew(sync)
    said = (
        f"The inputs of 1 plan are older than 30 days and were removed; these can no longer be replayed: {digest[:12]}"
    )
    folder = sync.folders.home / "inputs" / sync.name / sync.accounts
    before = {path for path in folder.rglob("*") if path.is_file()}
    would = said.replace("were", "would be").replace("can", "could")
    sentence, names = old_inputs(later)
    assert (sentence, {path for path in folder.rglob("*") if path.is_file()}) == (f"{would} of 2024-06-02", before)
    assert prune_inputs(later) == [f"{said} of 2024-06-02."]
    assert {folder / name for name in names} == before - {path for path in folder.rglob("*") if path.is_file()}
    assert [path.parent.name for path in folder.rglob("*") if path.is_file()] == [digest]


def made_anew(sync: Reconciliation) -> None:
    """Let the matches be of no kept inputs, and what is kept be a day old."""
    sync.frames.write("customer_matches", sync.frames.read("customer_matches"))
    for path in (sync.folders.home / "inputs").rglob("*.json"):
        os.utime(path, (0, 0))


def test_without_kept_inputs_there_is_one_sentence(tmp_path: Path) -> None:
    sync = opened(tmp_path, declared(keep_inputs=0))
    digest = run(sync, SMALL)
    with pytest.raises(
        UserError, match=rf"^Nothing is kept of what plan {digest[:12]} was made from: it was made before"
    ):
        making_of(sync, digest)
    assert not [path for path in (sync.folders.home / "inputs").rglob("*") if path.is_file() and path.suffix != ".lock"]


@pytest.mark.parametrize("start", ["beef", "zz/.."])
def test_a_plan_that_is_not_there_is_refused(start: str, tmp_path: Path) -> None:
    sync = opened(tmp_path, declared())
    run(sync, SMALL)
    with pytest.raises(UserError, match=rf"^acme has no plan whose hash begins with '{start}'"):
        making_of(sync, start)


def test_what_did_not_change_is_kept_once_and_shares_its_bytes_with_the_frames(tmp_path: Path) -> None:
    sync = opened(tmp_path, declared())
    run(sync, SMALL)
    folder = sync.folders.home / "inputs"
    names = sorted(path.name for path in folder.rglob("*") if path.is_file())
    run(sync, SMALL)
    assert sorted(path.name for path in folder.rglob("*") if path.is_file()) == names
    [frame] = sync.frames.files(NETSUITE).values()
    assert object_of(sync, NETSUITE).samefile(frame)
    assert frame.stat().st_nlink == 2
    assert {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_dir()} == {0o700}


def test_the_same_rows_read_later_are_kept_once_as_the_newer_file(tmp_path: Path) -> None:
    sync = opened(tmp_path, declared())
    frame = as_frames(SMALL)[1]
    folder = sync.folders.home / "inputs"
    decisions = pl.DataFrame(schema=DECISIONS_KEPT)
    for hour in (1, 2):
        sync.frames.write(NETSUITE, frame, NOW + timedelta(hours=hour))
        keep_picture(sync, decisions)
        [newest] = sync.frames.files(NETSUITE).values()
        frames = [path for path in folder.rglob("objects/*") if path.read_bytes().startswith(b"PAR1")]
        assert [path.samefile(newest) for path in frames] == [True]
