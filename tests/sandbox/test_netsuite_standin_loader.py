"""A script and its files are loaded as NetSuite loads them: by path, each once, and only what is there."""

from typing import Any

import pytest

from sandbox.netsuite_standin import Options, Script, World, engine
from sandbox.netsuite_standin.errors import ScriptError
from sandbox.netsuite_standin.script import Host
from tests.sandbox.netsuite import netsuite

MINE = "define([], () => ({ mine: 1 }));"


def run(script: Script) -> Any:  # noqa: ANN401  whatever the script answers
    return engine.run(script, "post", {}, Host(World(), Options(), {}))


def loading(*names: str, **beside: str) -> Script:
    """Make a script that loads by these names and answers with what it got."""
    listed = ", ".join(f"'{name}'" for name in names)
    return Script.of(f"define([{listed}], (...got) => ({{ post: () => got }}));", **beside)


def refused(script: Script) -> ScriptError:
    with pytest.raises(ScriptError) as raised:
        run(script)
    return raised.value


@pytest.mark.parametrize(
    "name", ["./beside", "./beside.js", "../SuiteScripts/beside", "/SuiteScripts/beside", "SuiteScripts/beside.js"]
)
def test_a_file_is_found_by_its_path_with_its_ending_or_without(name: str) -> None:
    assert run(loading(name, beside=MINE)) == [{"mine": 1}]


def test_a_relative_path_begins_at_the_file_that_names_it() -> None:
    files = {
        "/SuiteScripts/a/entry.js": "define(['./lib/one'], (one) => ({ post: () => one }));",
        "/SuiteScripts/a/lib/one.js": "define(['./two', '../three'], (two, three) => [two, three]);",
        "/SuiteScripts/a/lib/two.js": "define({ two: 2 });",
        "/SuiteScripts/a/three.js": "define(() => ({ three: 3 }));",
    }
    assert run(Script("/SuiteScripts/a/entry.js", files)) == [{"two": 2}, {"three": 3}]


def test_a_file_is_run_once_in_a_request_whoever_loads_it() -> None:
    counted = "globalThis.runs = (globalThis.runs || 0) + 1; define([], () => ({ runs: globalThis.runs }));"
    script = loading(
        "./counted", "./counted.js", "./other", counted=counted, other="define(['./counted'], (it) => it);"
    )
    assert run(script) == [{"runs": 1}] * 3
    assert run(script) == [{"runs": 1}] * 3, "a request begins anew"


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("./gone", "/SuiteScripts/gone.js"),
        ("./Beside", "/SuiteScripts/Beside.js"),
        ("../beside", "/beside.js"),
        ("beside", "/beside.js"),
        ("N/cache", "N/cache.js"),
        ("N/email.js", "N/email.js"),
    ],
)
def test_a_module_that_is_not_there_is_refused_as_netsuite_does(name: str, path: str) -> None:
    error = refused(loading(name, beside=MINE))
    assert (error.code, error.message) == ("MODULE_DOES_NOT_EXIST", f"Module does not exist: {path}")
    assert error.kind == "error.SuiteScriptModuleLoaderError"


def test_the_modules_that_there_are_can_be_loaded() -> None:
    names = ["N/format", "N/log", "N/record", "N/runtime", "N/search.js"]
    assert len(run(loading(*names))) == len(names)


@pytest.mark.parametrize(
    "cycle",
    [
        {"a": "define(['./a'], () => 1);"},
        {"a": "define(['./b'], () => 1);", "b": "define(['./a'], () => 1);"},
        {"a": "define(['./script'], () => 1);"},
    ],
)
def test_files_that_load_each_other_are_refused_with_the_way_round(cycle: dict[str, str]) -> None:
    error = refused(loading("./a", **cycle))
    assert error.code == "CIRCULAR_MODULES"
    named = error.message.partition(": ")[2].rstrip(".").split(", ")
    assert named[-1] in named[:-1]


@pytest.mark.parametrize("touch", ["search.Type", "search.create({ type: 'customer' })", "search.Sort.ASC"])
def test_no_module_of_netsuites_can_be_touched_while_files_are_loaded(touch: str) -> None:
    early = f"define(['N/search'], (search) => {{ const it = {touch}; return {{ post: () => it }}; }});"
    assert refused(Script.of(early)).code == "SUITESCRIPT_API_UNAVAILABLE_IN_DEFINE"
    assert refused(loading("./early", early=early)).code == "SUITESCRIPT_API_UNAVAILABLE_IN_DEFINE"
    late = f"define(['N/search'], (search) => ({{ post: () => Boolean({touch}) }}));"
    assert run(Script.of(late)) is True


def test_a_file_defines_one_module() -> None:
    assert refused(loading("./twice", twice=MINE + MINE)).code == "MULTIPLE_DEFINE_CALLS"


def test_what_a_file_throws_while_it_is_loaded_is_the_answer() -> None:
    thrown = "define([], () => { throw Object.assign(new Error('no'), { name: 'MINE' }); });"
    assert refused(loading("./thrown", thrown=thrown)).code == "MINE"


@pytest.mark.parametrize("nested", [True, False])
def test_over_http_a_module_that_is_not_there_is_a_bad_request(nested: bool) -> None:
    with netsuite(options=Options(nested_errors=nested)) as ns:
        ns.server.script = ns.server.script.without("text.js")
        answer = ns.send({"action": "health"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "MODULE_DOES_NOT_EXIST")
    assert "Module does not exist: /SuiteScripts/tieout/text.js" in answer.json()["error"]["message"]
    assert ("SuiteScriptModuleLoaderError" in answer.text) is nested


def test_a_test_that_changes_nothing_of_a_script_is_told_so() -> None:
    with pytest.raises(LookupError, match="no such text"):
        Script.shipped().changed("no such text", "")
    with pytest.raises(LookupError, match=r"gone\.js"):
        Script.shipped().without("gone.js")
