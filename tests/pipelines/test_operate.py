"""`make plans | apply | undo | decide`: what a person does with plans from a shell, and what it ends with."""

import re
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from assets.next_step.standing import standings
from pipelines.operate import _check_that_accounts_are_known, _config, _parser, _run, _whole_hash, main
from pipelines.operate_shown import show_plans
from schemas.errors import UserError
from tests.in_process import command, lay_out
from tests.pipelines.api_world import NAME, Site, site
from tests.proofs.installation import installation
from tests.test_bad_input import EXPORTS


@pytest.fixture
def console() -> Console:
    return Console(file=StringIO(), width=100)


def said(console: Console) -> str:
    assert isinstance(console.file, StringIO)
    text = console.file.getvalue()
    console.file.truncate(0)
    console.file.seek(0)
    return " ".join(text.split())


def run(at: Site, console: Console, command: str, **given: str) -> int:
    arguments = [command, NAME, *(f"--{name.replace('_', '-')}={value}" for name, value in given.items())]
    config = _config(command, _parser().parse_args(arguments))
    return _run(command, at.sync, at.instance, at.definitions.resolve_job_def, config, console)


@pytest.mark.rule("X1")
@pytest.mark.rule("W10")
def test_a_plan_is_applied_in_parts_and_taken_back_and_the_list_says_so(tmp_path: Path, console: Console) -> None:
    def listed() -> str:
        show_plans(NAME, list(standings(at.sync, at.instance)), console, is_by_hand=False)
        return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "<then>", said(console))

    with site(tmp_path) as at:
        assert listed() == f"{NAME} has no plan yet: make run NAME={NAME} makes one."
        before, plan = at.links(), at.reconcile()
        assert listed() == f"<then> 12 changes to be approved {plan}"
        assert run(at, console, "apply", plan=plan, who="Ada", at_most="4") == 0
        assert "applied 4 written by us" in said(console)
        assert listed() == f"<then> 12 changes 4 applied, 8 not begun (apply by Ada, <then>) {plan}"
        assert run(at, console, "apply", plan=plan, who="Bob", ids="cus_2,3") == 0
        assert run(at, console, "apply", plan=plan, who="Bob", ids="cus_2") == 0
        assert f"{NAME}: apply, there was nothing to be written." in said(console)
        at.netsuite.edit(1, externalid="ERP-1")
        assert run(at, console, "undo", plan=plan, who="Eve") == 1
        assert "Not done: 1 kept, could not be taken back; outcomes.csv says why." in said(console)
        assert listed() == f"<then> 12 changes 11 undone, 1 kept (undo by Eve, <then>) {plan}"
        assert at.links() == {**before, "1": ("ERP-1", *before["1"][1:])}
        newer = at.plan()
        [_, older] = listed().split(newer)
        assert older == f" <then> 12 changes 11 undone, 1 kept (undo by Eve, <then>); replaced by {newer[:8]}… {plan}"
        assert run(at, console, "apply", plan=plan, who="Ada", ids="cus_2") == 0
        assert f"This plan is replaced by {newer}" in said(console)


@pytest.mark.rule("X1")
def test_what_was_not_done_makes_the_command_fail_and_a_refusal_is_one_sentence(
    tmp_path: Path, console: Console
) -> None:
    with site(tmp_path) as at:
        plan = at.plan()
        with pytest.raises(UserError, match="There is no plan f"):
            run(at, console, "apply", plan="f" * 64, who="Ada")
        with pytest.raises(UserError, match="No change of this plan is about 'cus_9'"):
            run(at, console, "apply", plan=plan, who="Ada", ids="cus_9")
        assert at.approved() == set()
        at.netsuite.edit(2, externalid="ERP-2")
        assert run(at, console, "apply", plan=plan, who="Ada") == 1
        shown = said(console)
        assert "conflict 1 another value is there, and stays" in shown
        assert "waiting 1 what it needs does not stand yet" in shown
        assert "Not done: 1 conflict, another value is there, and stays. Not begun: 1 change." in shown


def test_a_decision_is_kept(tmp_path: Path, console: Console) -> None:
    with site(tmp_path) as at:
        at.plan()
        assert run(at, console, "decide", customer="cus_4", record="3", who="Ada", why="by phone") == 0
        assert said(console) == f"Kept: cus_4, 3. It counts from the next run on: make run NAME={NAME}."
        assert at.sync.overrides().row(0)[:5] == ("cus_4", 3, "link", "Ada", "by phone")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["apply", "acme"],
            "✗ Say plan and who: make apply NAME=acme PLAN=… WHO=…; make plans NAME=acme lists the plans.",
        ),
        (["undo", "acme", "--plan=abc"], "✗ Say who: make undo NAME=acme PLAN=abc WHO=…."),
        (
            ["decide", "acme", "--customer=cus_1", "--who=Ada"],
            "✗ Say record and why: make decide NAME=acme CUSTOMER=cus_1 RECORD=… WHO=Ada WHY=….",
        ),
        (["apply", "acme", "--plan=a", "--who=b", "--at-most=few"], "✗ at_most must be a whole number, not 'few'."),
    ],
)
def test_what_is_missing_is_said_with_the_whole_command(
    capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert main(arguments) == 1
    assert capsys.readouterr().err == f"{sentence}\n"


def test_a_declaration_over_exports_says_what_to_do_instead(tmp_path: Path) -> None:
    lay_out(tmp_path, EXPORTS)
    ended = command(tmp_path, "operate", "apply", "acme", f"--plan={'f' * 64}", "--who=Ada")
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (1, "", 1)
    assert ended.stderr.startswith(
        "✗ acme reads an export file, so that no job writes for it: import its files by hand"
    )


@pytest.mark.timeout(900)
def test_from_the_shell_alone(tmp_path: Path) -> None:
    with installation(tmp_path, customers=20) as at:

        def shell(*words: str) -> str:
            ended = command(tmp_path, "operate", *words, environment=at.environment)
            assert (ended.returncode, ended.stderr) == (0, "")
            return ended.stdout

        at.here()
        first = at.state()
        [plan] = re.findall(r"^  ([0-9a-f]{64})$", shell("plans", "sandbox"), re.MULTILINE)
        shell("apply", "sandbox", f"--plan={plan}", "--who=Ada", "--at-most=6")
        assert at.state() != first
        shell("undo", "sandbox", f"--plan={plan}", "--who=Ada")
        assert at.state() == first


def test_plans_that_cannot_be_found_without_the_accounts_are_not_said_to_be_missing() -> None:
    unset = {"netsuite.account": "NETSUITE_ACCOUNT", "notify.url": "ALERTS"}
    with pytest.raises(UserError, match=r"acme does not name here: set NETSUITE_ACCOUNT \(netsuite\.account\)\.$"):
        _check_that_accounts_are_known("acme", unset)
    _check_that_accounts_are_known("acme", {"notify.url": "ALERTS"})


def test_a_plan_is_named_by_the_beginning_of_its_hash(tmp_path: Path) -> None:
    with site(tmp_path) as at:
        plan = at.plan()
        assert _whole_hash(at.sync, plan[:8].upper()) == _whole_hash(at.sync, plan) == plan
        assert _whole_hash(at.sync, plan[:7]) == plan[:7], "so few letters are no approval of anything"
        assert _whole_hash(at.sync, "0" * 8) == "0" * 8
        path = at.sync.plans.path(plan)
        path.with_name(f"{plan[:40]}{'0' * 24}.csv").write_bytes(path.read_bytes())
        with pytest.raises(UserError, match=f"2 plans have a hash that begins with '{plan[:8]}': give more of it"):
            _whole_hash(at.sync, plan[:8])
