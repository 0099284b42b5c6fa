"""What an administrator reads before deploying is what the files do: what each loads, writes and answers."""

import re
from pathlib import Path
from typing import Any, Final, get_args

import pytest

from resources.netsuite_api import NetsuiteSettings
from resources.netsuite_api.session.answers import VERSION
from resources.netsuite_api.session.restlet import RestletAction
from sandbox.netsuite_standin import Options, Script, World, engine
from sandbox.netsuite_standin.cabinet import BUTTON, RESTLET, SUITELET
from sandbox.netsuite_standin.script import Host
from sandbox.netsuite_standin.world import SYNC_ANSWER, SYNC_REQUEST
from schemas.link_fields import written_fields
from tests.resources.netsuite_api.netsuite_world import certificate_login
from tests.suitescript.restlet import SHIPPED, ask

PAGE: Final = (Path(__file__).parents[2] / "docs/netsuite.md").read_text(encoding="utf-8")
FOLDER: Final = RESTLET.rpartition("/")[0]
FILES: Final = {path.removeprefix(f"{FOLDER}/"): text for path, text in SHIPPED.files.items()}
OTHERS: Final = {
    path: text
    for entry in (BUTTON, SUITELET)
    for path, text in Script.shipped(entry).files.items()
    if not path.startswith(f"{FOLDER}/")
}
"""The files of the button and of the portal."""

ABSENT: Final = ("Intl.", "structuredClone", "toSorted", "fetch(", "import ", "eval(")
"""What the oldest engine of SuiteScript 2.1 may lack, or what no script of ours should need."""

WAYS_TO_CHANGE: Final = (
    "save",
    "setValue",
    "submitFields",
    "create",
    "copy",
    "transform",
    "delete",
    "attach",
    "detach",
)
"""What N/record and a record of it can do besides reading."""


def loaded_by(name: str) -> list[str]:
    """Give the names in the list that a file hands to `define`, without what stands beside them as a comment."""
    [listed] = re.findall(r"^define\(\[(.*?)\], ?\(", FILES[name], re.DOTALL | re.MULTILINE)
    return re.findall(r"'([^']+)'", re.sub(r"//.*", "", listed))


def part(name: str, expression: str) -> Any:  # noqa: ANN401  whatever it is worth
    """Give what an expression over one of the files is worth, `it` being what the file gives."""
    files = {**SHIPPED.files, f"{FOLDER}/ask.js": f"define(['./{name}'], (it) => ({{ post: () => {expression} }}));"}
    return engine.run(Script(f"{FOLDER}/ask.js", files), "post", {}, Host(World(), Options(), {}))


def told_files() -> dict[str, list[str]]:
    """Give the table of files of the administrator's page: of each file the other cells of its row."""
    rows = re.findall(r"^\| `(\w+\.js)` \|(.+)\|$", PAGE, re.MULTILINE)
    return {name: [cell.strip() for cell in cells.split("|")] for name, cells in rows}


def test_the_page_tells_of_every_file_what_it_loads() -> None:
    told = {name: re.findall(r"`([^`]+)`", cells[0]) for name, cells in told_files().items()}
    assert told == {name: sorted(n for n in loaded_by(name) if n.startswith("N/")) for name in FILES}


def test_the_page_names_every_action_under_the_file_that_answers_it() -> None:
    told = {name: re.findall(r"`(\w+)`", cells[1]) for name, cells in told_files().items()}
    parts = {name: part(name.removesuffix(".js"), "Object.keys(it.operations || {})") for name in FILES}
    assert told == {**parts, "tieout.js": ["health"]}


def test_every_action_is_explained_where_it_is_answered_and_on_the_page_and_can_be_asked_for() -> None:
    actions = re.findall(r"\w+", ask(World(), {"action": "none"})["error"]["message"].partition(":")[2])
    section = PAGE.partition("## 5.")[2].partition("## 6.")[0]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == actions
    assert sorted(get_args(RestletAction)) == sorted(actions)
    for name in ("reading", "editing", "creating", "checking", "linking", "requesting"):
        head = FILES[f"{name}.js"].partition("*/")[0]
        assert re.findall(r"^ \*   (\w+) {2,}", head, re.MULTILINE) == part(name, "Object.keys(it.operations)")


def test_no_action_is_answered_by_two_files() -> None:
    answered = ["health", *(a for name in FILES if name != "tieout.js" for a in operations(name))]
    assert len(set(answered)) == len(answered)


def operations(name: str) -> list[str]:
    return list(part(name.removesuffix(".js"), "Object.keys(it.operations || {})"))


@pytest.mark.rule("W6")
@pytest.mark.rule("C14")
def test_only_editing_changes_what_is_there_and_only_creating_makes_and_deletes() -> None:
    with_records = sorted(name for name in FILES if "N/record" in loaded_by(name))
    assert with_records == ["checking.js", "creating.js", "editing.js", "requesting.js", "standing.js"]
    called = {name: set(re.findall(r"\.(\w+)\(", text)) & set(WAYS_TO_CHANGE) for name, text in FILES.items()}
    assert called == {name: set() for name in FILES} | {
        "checking.js": {"create"},
        "creating.js": {"save", "setValue", "create", "delete"},
        "editing.js": {"save", "setValue", "create"},
        "filling.js": {"setValue"},
        "reading.js": {"create"},
        "requesting.js": {"save", "setValue", "create"},
        "standing.js": {"create"},
    }
    for name in ("editing.js", "reading.js", "requesting.js", "standing.js"):
        assert set(re.findall(r"(\w+)\.create\(", FILES[name])) == {"search"}
    calls = {name: re.findall(r"record\.(?!Type)(\w+)\(", FILES[name]) for name in with_records}
    assert calls == {
        "checking.js": ["create"],
        "creating.js": ["create", "delete"],
        "editing.js": ["load"],
        "requesting.js": ["load"],
        "standing.js": ["load"],
    }


@pytest.mark.rule("P5")
def test_answering_sets_nothing_but_the_box_and_the_answer() -> None:
    assert re.findall(r"setValue\(\{ fieldId: (\w+),", FILES["requesting.js"]) == ["BOX", "ANSWER"]
    assert FILES["requesting.js"].count("setValue(") == 2
    ids = dict(re.findall(r"const (\w+) = '(custentity_\w+)'", FILES["requesting.js"]))
    assert ids == {"BOX": SYNC_REQUEST, "ANSWER": SYNC_ANSWER}


@pytest.mark.rule("P7")
def test_the_scripts_of_people_cannot_reach_more_than_they_need() -> None:
    """The button only shows, pressing only submits two fields, and who comes without a login can change nothing."""
    texts = {path.rpartition("/")[2]: text for path, text in OTHERS.items()}
    loaded = {name: sorted(re.findall(r"'(N/[^']+)'", text)) for name, text in texts.items()}
    assert loaded == {
        "button.js": ["N/runtime"],
        "pressing.js": ["N/currentRecord", "N/record", "N/ui/dialog"],
        "pages.js": [],
        "portal.js": ["N/https", "N/log", "N/redirect", "N/runtime", "N/search"],
    }
    assert re.findall(r"record\.(\w+)\(", texts["pressing.js"]) == ["submitFields"]
    assert re.findall(r"search\.(?!Type)(\w+)\(", texts["portal.js"]) == ["lookupFields"]
    for name, text in texts.items():
        assert "@NApiVersion 2.1" in text.partition("*/")[0], name
        assert "@NModuleScope SameAccount" in text.partition("*/")[0], name
        for absent in ABSENT:
            assert absent not in text, f"{absent} in {name}"


@pytest.mark.rule("C14")
@pytest.mark.rule("W6")
def test_of_a_customer_that_is_there_creating_sets_nothing_but_its_activity() -> None:
    assert re.findall(r"(\w+)\.setValue\(\{ fieldId: '(\w+)'", FILES["creating.js"]) == [("there", "isinactive")]
    assert FILES["creating.js"].count(".setValue(") == 1
    assert re.findall(r"fill\((\w+),", FILES["creating.js"]) == ["made"]


@pytest.mark.rule("W6")
def test_a_save_of_what_is_there_lets_netsuite_fill_no_other_field() -> None:
    """With sourcing, a save may set fields that depend on others anew, which only a new record wants."""
    saves = {name: re.findall(r"(\w+)\.save\(\{ (.+?) \}\)", text) for name, text in FILES.items() if ".save(" in text}
    as_it_is = "enableSourcing: false, ignoreMandatoryFields: true"
    assert saves == {
        "creating.js": [("made", "enableSourcing: true, ignoreMandatoryFields: false"), ("there", as_it_is)],
        "editing.js": [("customer", as_it_is)],
        "requesting.js": [("customer", as_it_is)],
    }
    assert {name: text.count(".save(") for name, text in FILES.items() if name in saves} == {
        name: len(found) for name, found in saves.items()
    }


def test_every_file_is_a_module_of_suitescript_two_one_and_one_is_the_restlet() -> None:
    for name, text in FILES.items():
        head = text.partition("*/")[0]
        assert text.startswith("/**\n"), name
        assert "@NApiVersion 2.1" in head
        assert "@NModuleScope SameAccount" in head
        assert ("@NScriptType Restlet" in head) == (name == "tieout.js")
        assert text.count("define(") == 1


def test_the_files_load_each_other_by_relative_paths_without_an_ending() -> None:
    """Oracle asks for paths without `.js` (O:section_4430268304)."""
    for name in FILES:
        for other in loaded_by(name):
            assert other.startswith("N/") or f"{other.removeprefix('./')}.js" in FILES, f"{other} in {name}"


def test_nothing_is_used_that_the_oldest_engine_of_suitescript_two_one_may_lack() -> None:
    for name, text in FILES.items():
        for absent in ABSENT:
            assert absent not in text, f"{absent} in {name}"


@pytest.mark.rule("W6")
@pytest.mark.rule("C14")
def test_what_can_be_written_is_what_the_other_side_writes() -> None:
    writable = part("editing", "it.WRITABLE.map((one) => [one.name, one.fieldId.source, one.holds])")
    field_ids = NetsuiteSettings(account="1", login=certificate_login()).field_ids
    fields = written_fields("netsuite")
    assert [(name, holds) for name, _, holds in writable] == [
        (field.name, "words" if field.holds == "words" else "value") for field in fields
    ]
    for name, pattern, _ in writable:
        assert re.fullmatch(pattern, field_ids[name])
        assert f"(`{name}`)" in PAGE.partition("## 5.")[2]


def test_the_script_record_names_the_files_beside_its_own() -> None:
    record = (Path(__file__).parents[2] / "suitescript/src/Objects/customscript_tieout.xml").read_text(encoding="utf-8")
    [description] = re.findall(r"<description>(.+)</description>", record)
    assert set(re.findall(r"\w+\.js", description)) == set(FILES)
    by_hand = PAGE.partition("**By hand**")[2].partition("**After an update")[0]
    assert set(re.findall(r"`(\w+\.js)`", by_hand)) == set(FILES)


def test_both_sides_and_the_page_have_one_version() -> None:
    assert f"const VERSION = {VERSION};" in FILES["tieout.js"]
    assert f"(now {VERSION})" in PAGE
