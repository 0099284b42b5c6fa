"""What comes next is said the same in the terminal, on the page and beside the plan, and leads to a form filled in."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from assets.next_step.forms import apply_form, decide_file_form, decide_form, undo_form
from assets.next_step.next_step import NextStep
from assets.next_step.shown import markdown, metadata, renewed, section, terminal
from assets.next_step.standing import Standing, Why
from assets.plan_history import PlanMade, PlanNumbers, plans_made
from resources.ledger import DecidedSince, Request
from tests.pipelines.api_world import NAME, Site, site

PLAN = "ab" * 32
NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
MADE = PlanMade(PLAN, NOON, "run", PlanNumbers(changes=12))
GUESSED = replace(MADE, numbers=PlanNumbers(changes=12, guesses=4, guessed_customers=2))
NEWER = replace(MADE, plan="cd" * 32)
FRESH = NextStep("acme", Standing(MADE), waiting=0, is_by_hand=False, results="out/acme")
TO_DECIDE = (
    'make decide NAME=acme FILE=… WHO="your name"',
    'make decide NAME=acme CUSTOMER=cus_… RECORD=… WHO="your name" WHY="…"',
)
OF_PLAN = f'NAME=acme PLAN={PLAN} WHO="your name"'


def after(*ended: Why, direction: str = "apply") -> NextStep:
    asked = Request("run", "undo" if direction == "undo" else "apply", PLAN, {}, "Ada", NOON)
    return replace(FRESH, standing=Standing(MADE, ended, (asked,)))


@pytest.mark.parametrize(
    ("step", "sentences"),
    [
        (FRESH, ["12 changes wait for an approval."]),
        (
            replace(FRESH, standing=Standing(replace(MADE, numbers=PlanNumbers(changes=1))), waiting=1),
            [
                "1 change waits for an approval.",
                "1 customer waits for a person; review.csv says why.",
                "Decide about those in review.csv before you approve: what is decided counts from the next run on.",
            ],
        ),
        (
            replace(FRESH, is_by_hand=True, waiting=3, standing=Standing(GUESSED)),
            [
                "12 changes wait for an import.",
                (
                    "4 changes of 12 are guesses, for 2 customers: guesses.csv says which; once written they stay in "
                    "the review until a person confirms them."
                ),
                "3 customers wait for a person, those of the guesses among them; review.csv says why.",
                "Decide about those in review.csv before you import: what is decided counts from the next run on.",
            ],
        ),
        (replace(FRESH, is_by_hand=True), ["12 changes wait for an import."]),
        (
            replace(FRESH, standing=Standing(MADE, replaced_by=NEWER), waiting=3),
            [
                "12 changes, of which nobody has approved any.",
                f"This plan is replaced by {'cd' * 32}, made at 2026-11-29 12:00 UTC.",
            ],
        ),
        (
            replace(FRESH, decided=DecidedSince(2, "Ada")),
            [
                "12 changes wait for an approval.",
                "2 customers were decided about since, at last by Ada: that counts from the next run on.",
            ],
        ),
        (replace(FRESH, standing=Standing(replace(MADE, numbers=PlanNumbers()))), ["There is nothing to write."]),
        (
            after(Why("applied", None, 8), Why("failed", "gone", 2), Why("conflict", None, 1)),
            [
                "Applied by Ada at 2026-11-29 12:00 UTC; of 12 changes: 8 applied.",
                "Not done: 2 failed (gone), refused; outcomes.csv says why.",
                "Not done: 1 conflict, another value is there, and stays.",
                "Not begun: 1 change.",
            ],
        ),
        (
            after(Why("undone", None, 12), direction="undo"),
            ["Taken back by Ada at 2026-11-29 12:00 UTC; of 12 changes: 12 undone."],
        ),
    ],
)
def test_it_says_what_waits_or_what_was_done_by_whom_and_what_was_not_and_why(
    step: NextStep, sentences: list[str]
) -> None:
    assert list(step.sentences()) == sentences


@pytest.mark.parametrize(
    ("step", "commands"),
    [
        (replace(FRESH, standing=Standing(MADE, replaced_by=NEWER), waiting=3), ["make plans NAME=acme"]),
        (
            replace(after(Why("applied", None, 4)), standing=Standing(MADE, (Why("applied", None, 4),), (), NEWER)),
            [f"make undo {OF_PLAN}", "make plans NAME=acme"],
        ),
        (replace(FRESH, decided=DecidedSince(2, "Ada")), ["make run NAME=acme", f"make apply {OF_PLAN}"]),
        (FRESH, [f"make apply {OF_PLAN}"]),
        (
            after(Why("applied", None, 4)),
            [f"make apply {OF_PLAN}", f"make undo {OF_PLAN}", "make run NAME=acme"],
        ),
        (after(Why("applied", None, 12)), [f"make undo {OF_PLAN}", "make run NAME=acme"]),
        (after(Why("undone", None, 12), direction="undo"), [f"make apply {OF_PLAN}", "make run NAME=acme"]),
        (replace(FRESH, is_by_hand=True), ["make apply-stripe NAME=acme FILE=out/acme/stripe_updates.csv"]),
        (
            replace(FRESH, standing=Standing(replace(MADE, numbers=PlanNumbers())), waiting=3),
            [*TO_DECIDE],
        ),
        (replace(FRESH, waiting=3), [*TO_DECIDE, f"make apply {OF_PLAN}"]),
        (replace(FRESH, standing=Standing(GUESSED)), [*TO_DECIDE, f"make apply {OF_PLAN}"]),
        (
            replace(FRESH, waiting=3, is_by_hand=True, decided=DecidedSince(2, "Ada")),
            ["make run NAME=acme", *TO_DECIDE, "make apply-stripe NAME=acme FILE=out/acme/stripe_updates.csv"],
        ),
    ],
)
def test_it_gives_the_exact_commands_that_make_sense_then(step: NextStep, commands: list[str]) -> None:
    assert [action.command for action in step.actions() if action.command] == commands
    for shown in ("\n".join(terminal(step)), markdown(step), str(section(step)).replace("&#34;", '"')):
        assert all(command in shown for command in commands)
        assert PLAN in shown or "PLAN" not in "".join(commands)


@pytest.mark.parametrize(
    ("form", "job", "operation", "given"),
    [
        (apply_form("acme", PLAN), "acme_apply", "acme__netsuite_links", {"plan": PLAN, "who": None}),
        (undo_form("acme", PLAN), "acme_undo", "acme__undo_plan", {"plan": PLAN, "who": None}),
        (
            decide_form("acme", "cus_1"),
            "acme_override",
            "acme__decide",
            {"customer": "cus_1", "record": None, "who": None, "why": None},
        ),
        (
            decide_file_form("acme"),
            "acme_override_file",
            "acme__decide_file",
            {"file": None, "who": None, "why": ""},
        ),
    ],
)
def test_a_form_is_filled_in_but_for_what_only_a_person_can_say(
    form: str, job: str, operation: str, given: dict[str, str]
) -> None:
    parts = urlsplit(form)
    assert parts.path == f"/locations/tieout/jobs/{job}/playground/setup"
    [config] = parse_qs(parts.query)["config"]
    assert yaml.safe_load(config) == {"ops": {operation: {"config": given}}}


def test_the_form_of_an_asset_is_that_of_the_plan_also_where_somebody_has_to_decide_first() -> None:
    nothing = replace(FRESH, standing=Standing(replace(MADE, numbers=PlanNumbers())), waiting=3)
    for step, form in ((replace(FRESH, waiting=3), apply_form("acme", PLAN)), (nothing, decide_file_form("acme"))):
        assert metadata(step)["form"].value == form


def test_a_review_that_is_no_workbook_is_named_as_the_file_that_is_there() -> None:
    for has_workbook, file in ((True, "review.xlsx"), (False, "review.csv")):
        step = replace(FRESH, waiting=3, has_workbook=has_workbook)
        [what] = [action.what for action in step.actions() if "those that wait" in action.what]
        places = f"in out/acme/report.html, which saves a file, or in out/acme/{file}"
        assert what == f"Decide about those that wait, and run again: {places}"


@pytest.mark.parametrize("is_by_hand", [True, False])
def test_what_waits_is_decided_before_anything_is_written_and_the_form_is_still_that_of_the_plan(
    is_by_hand: bool,
) -> None:
    step = replace(FRESH, waiting=3, is_by_hand=is_by_hand)
    what = [action.what.split(" ")[0].rstrip(",;") for action in step.actions()]
    assert what == ["Look", "Decide", "Decide", *(("Import", "Then") if is_by_hand else ("Approve",))]
    assert step.form == (decide_file_form("acme") if is_by_hand else apply_form("acme", PLAN))


def test_only_the_next_step_of_a_page_is_renewed_and_that_it_was_stopped_is_over() -> None:
    page = f"<b>1</b><!-- stopped -->no<!-- end of stopped --><b>2</b>{section(FRESH)}<b>3</b>"
    done = after(Why("applied", None, 12))
    assert renewed(page, done) == f"<b>1</b><b>2</b>{section(done)}<b>3</b>"
    assert renewed("<b>a page of before</b>", done) == "<b>a page of before</b>"


def test_the_page_and_the_plan_tell_what_was_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def page() -> str:
        return (at.sync.folders.results(NAME) / "report.html").read_text("utf-8")

    def everywhere(words: str) -> bool:
        assert (words in seen(at)) == (words in seen(at, "write_plan")) == (words in page())
        return words in page()

    monkeypatch.setenv("TIEOUT_UI_URL", "https://tieout.example/")
    with site(tmp_path) as at:
        plan = at.reconcile()
        exact = (at.sync.folders.results(NAME) / "plan_exact.csv").read_bytes()
        assert hashlib.sha256(exact).hexdigest() == plan
        assert "12 changes wait for an approval." in page()
        assert f'href="https://tieout.example{apply_form(NAME, plan)}"' in page()
        for asset in ("write_plan", "reconciliation_report"):
            assert seen(at, asset).startswith("12 changes wait for an approval.")
            assert (at.metadata(asset)["plan_hash"], at.metadata(asset)["form"]) == (plan, apply_form(NAME, plan))
        result = at.apply(plan, at_most=4)
        [output] = [event for event in result.all_events if event.is_successful_output]
        ended = output.step_output_data.metadata
        assert "Applied by Ada" in str(ended["next_step"].value)
        assert ended["open_outcomes"].value == f"/results/{NAME}/outcomes.csv"
        assert ended["form"].value == apply_form(NAME, plan)
        assert f"[outcomes.csv](/results/{NAME}/outcomes.csv)" in str(
            at.metadata("reconciliation_report")["open_files"]
        )
        assert at.metadata("reconciliation_report")["open_report"] == f"/results/{NAME}/report.html"
        assert everywhere("Applied by Ada")
        assert everywhere("of 12 changes: 4 applied. Not begun: 8 changes.")
        at.undo(plan)
        assert everywhere("Taken back by Bob")
        assert at.override("cus_4", "never").success
        assert everywhere("1 customer was decided about since, at last by ada: that counts from the next run on.")
        at.apply(plan)
        older, newer = plan, at.reconcile()
        assert newer != older
        assert not everywhere("decided about since")
        result = at.undo(older, ids=["cus_1"])
        assert everywhere(f"An older plan, {older}, was taken back since by Bob: look at what stands now.")
        [output] = [event for event in result.all_events if event.is_successful_output]
        assert f"This plan is replaced by {newer}, made at" in str(output.step_output_data.metadata["next_step"].value)


def test_a_plan_that_is_told_again_is_the_same_plan_with_the_same_checks(tmp_path: Path) -> None:
    with site(tmp_path) as at:
        plan = at.reconcile()
        before, checks, [made] = at.metadata("write_plan"), checked(at), plans_made(at.instance, at.sync)
        version = data_version(at)
        at.apply(plan, at_most=4)
        after = at.metadata("write_plan")
        assert {name for name in {*before, *after} if before.get(name) != after.get(name)} == {
            *("next_step", "accounts", "as_in_run")
        }
        assert after["as_in_run"] == made.run_id
        assert "schema" in checks
        assert "first_run_approved" in checks
        assert (checked(at), data_version(at)) == (checks, version)
        assert list(plans_made(at.instance, at.sync)) == [made]


def seen(at: Site, asset: str = "reconciliation_report") -> str:
    """What an asset's metadata say of the next step."""
    return str(at.metadata(asset)["next_step"])


def data_version(at: Site) -> str:
    """What Dagster knows the last plan by."""
    [record] = at.instance.fetch_materializations(at.sync.key("write_plan"), limit=1).records
    assert record.asset_materialization is not None
    return str((record.asset_materialization.tags or {})["dagster/data_version"])


def checked(at: Site) -> dict[str, bool]:
    """The checks on the page of the plan: those of the run that materialized it last, or of that materialization."""
    key = at.sync.key("write_plan")
    [record] = at.instance.fetch_materializations(key, limit=1).records
    checks = at.definitions.resolve_asset_graph().get_check_keys_for_assets({key})
    shown: dict[str, bool] = {}
    for found in at.instance.event_log_storage.get_latest_asset_check_execution_by_key(list(checks)).values():
        evaluation = found.evaluation
        target = evaluation.target_materialization_data if evaluation else None
        if evaluation and (found.run_id == record.run_id or (target and target.storage_id == record.storage_id)):
            shown[evaluation.check_name] = evaluation.passed
    return shown


def test_what_comes_next_is_called_as_it_is() -> None:
    started = next(action.what for action in after(Why("applied", None, 4)).actions())
    again = next(action.what for action in after(Why("undone", None, 12), direction="undo").actions())
    assert [text.partition(";")[0] for text in (started, again)] == ["Go on with what is left", "Write it again"]
