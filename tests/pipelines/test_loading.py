"""One broken thing under `pipelines/defs` takes nothing else away, and is shown with its sentence."""

import os
from itertools import count
from pathlib import Path

import dagster as dg
import pytest

from assets.reconciliation import IO_MANAGER_KEY
from pipelines.declarations import read_folder
from pipelines.loading import Loaded, load
from resources.storage.folders import Folders
from resources.storage.io_manager import ParquetIOManager
from schemas.errors import DeclarationError, UserError
from tests.pipelines.test_declarations import GOOD, declare

BROKEN = GOOD.replace("name: acme", "name: beta").replace("on_several", "on_severl")
OVER_APIS = (
    GOOD.replace("name: acme", "name: daily_one")
    .replace("{export: stripe.csv, since: 2019-05}", "{api_key: '{{ env.TIEOUT_UNSET }}'}")
    .replace(
        "{export: netsuite.csv}",
        "{account: '1', mass_search: customsearch_1, client_id: a, certificate_id: b, private_key: c}",
    )
    .replace("mode: review", "mode: auto")
)
OTHERS = """\
type: dagster.TemplatedSqlComponent
attributes: {sql_template: select 1, connection: '{{ nothing }}'}
"""
PYTHON = "import dagster as dg\n\n@dg.asset\ndef by_hand() -> None: ...\n"
_numbers = count()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of its own, as what Python has imported stays."""
    monkeypatch.syspath_prepend(str(tmp_path))
    folder = tmp_path / f"defs_of_test_{next(_numbers)}"
    folder.mkdir()
    (folder / "__init__.py").touch()
    return folder


def loaded(folder: Path, only: str | None = None) -> Loaded:
    folders = Folders(root=folder.parent, home=folder.parent / "home", out=folder.parent / "out")
    shared = dg.Definitions(resources={IO_MANAGER_KEY: ParquetIOManager(folders)})
    return load(read_folder(folder), shared, folders, folder.name, only)


def jobs(found: Loaded) -> set[str]:
    return {job.name for job in found.definitions.resolve_all_job_defs() if not job.name.startswith("__")}


def good(found: Loaded) -> list[str]:
    return [located.declaration.name for located in found.declared.good]


def broken(found: Loaded) -> dict[str, tuple[str, ...]]:
    return {each.label: each.sentences for each in found.declared.broken}


def descriptions(found: Loaded) -> dict[str, str]:
    specs = found.definitions.resolve_all_asset_specs()
    return {spec.group_name or "": spec.description or "" for spec in specs if spec.key.path[-1] == "declaration"}


@pytest.mark.parametrize(
    ("name", "text", "label", "said"),
    [
        ("b", BROKEN, "beta", "line 11: on_severl: unknown key; did you mean on_several?"),
        ("no-yaml", "type: [", "no_yaml", "this is not YAML"),
        ("b", GOOD.encode("utf-16"), "b", "save the file as UTF-8"),
        ("b", OTHERS.replace("dagster.T", "dagster.Nobody"), "b", "this cannot be loaded"),
        ("b", OTHERS, "b", "this cannot be loaded"),
        ("b", "type: pipelines.Nobody\n", "b", "type: expected pipelines.CustomerSync, found 'pipelines.Nobody'"),
        ("b", "type: 1\n", "b", "type: expected pipelines.CustomerSync, found '1'"),
    ],
)
def test_a_broken_declaration_is_shown_and_the_others_load(
    folder: Path, name: str, text: str | bytes, label: str, said: str
) -> None:
    declare(folder, text, name)
    declare(folder, GOOD, "z_acme")
    declare(folder, OVER_APIS, "y")
    found = loaded(folder)
    assert good(found) == ["daily_one", "acme"]
    assert list(broken(found)) == [label]
    assert said in broken(found)[label][0]
    assert "\n" not in broken(found)[label][0]
    assert {"acme_reconcile", "daily_one_daily"} <= jobs(found)
    assert said in descriptions(found)[label]
    assert list(found.definitions.get_repository_def().schedule_defs)


def test_who_wants_one_declaration_gets_its_jobs_alone_and_hears_of_what_is_broken(folder: Path) -> None:
    declare(folder, BROKEN, "b")
    declare(folder, GOOD, "z_acme")
    declare(folder, OVER_APIS, "y")
    found, whole = loaded(folder, only="acme"), loaded(folder)
    assert jobs(found) == {name for name in jobs(whole) if name.startswith("acme_")} != jobs(whole)
    assert (good(found), broken(found)) == (good(whole), broken(whole))


def test_the_check_of_a_broken_declaration_fails_with_its_sentence(folder: Path) -> None:
    declare(folder, BROKEN, "b")
    job = loaded(folder).definitions.resolve_implicit_global_asset_job_def()
    result = job.execute_in_process(raise_on_error=False)
    [found] = result.get_asset_check_evaluations()
    assert (found.asset_key.path, found.passed) == (["beta", "declaration"], False)
    assert "did you mean on_several?" in (found.description or "")


@pytest.mark.rule("D6")
def test_of_two_with_one_name_none_wins_and_the_others_load(folder: Path) -> None:
    files = [declare(folder, GOOD, name) for name in ("one", "two")]
    declare(folder, GOOD.replace("acme", "third"), "three")
    found = loaded(folder)
    assert good(found) == ["third"]
    [said] = broken(found)["acme"]
    assert all(str(file) in said for file in files)
    assert jobs(found) == {
        f"third_{job}" for job in ("reconcile", "override", "override_file", "replay", "compare", "prune")
    }
    for name in ("acme", "one", "two"):
        with pytest.raises(DeclarationError, match="Two declarations have the name 'acme'"):
            found.declared.named(name)


def test_a_broken_one_in_a_file_leaves_its_neighbours_in_it(folder: Path) -> None:
    declare(folder, f"{GOOD}---\n{BROKEN}", "both")
    found = loaded(folder)
    assert (good(found), list(broken(found))) == (["acme"], ["beta"])


def test_every_mistake_of_a_declaration_is_found(folder: Path) -> None:
    text = BROKEN.replace("netsuite: email}", "netsuite: title}").replace("mode: review", "mode: never")
    declare(folder, text + "  zzz: 1\n", "b")
    declare(
        folder, GOOD.replace("rules:", "rules:\n    - {stripe: id, netsuite: a}\n    - {stripe: id, netsuite: b}"), "c"
    )
    declare(folder, GOOD.replace("stripe.csv", "'{{ env.TIEOUT_A }}{{ env.TIEOUT_B }}'").replace("since", "'{{ x }}'"))
    of_acme, of_beta, of_c = ([*sentences] for sentences in broken(loaded(folder)).values())
    assert [said.split(": ", 1)[1] for said in of_acme][:2] == [
        "the environment variable TIEOUT_A is not set; set it first.",
        "the environment variable TIEOUT_B is not set; set it first.",
    ]
    assert [said.split(": ")[1] for said in of_beta] == ["on_severl", "zzz", "writes.mode"]
    assert [said.split(": ")[1] for said in of_c] == ["rules.1.netsuite", "rules.2.netsuite"]


def test_folder_without_a_declaration_is_named(folder: Path) -> None:
    (folder / "empty").mkdir()
    (folder / "mistyped").mkdir()
    (folder / "mistyped" / "def.yaml").write_text(GOOD)
    declare(folder, GOOD, "within/acme")
    found = loaded(folder)
    assert good(found) == ["acme"]
    assert broken(found)["mistyped"][0].endswith(
        "mistyped: there is no defs.yaml in it, only def.yaml; declare a reconciliation, or remove it."
    )
    assert "there is no defs.yaml in it; declare" in broken(found)["empty"][0]


def test_what_is_no_file_is_named_and_does_not_hang(folder: Path) -> None:
    for name in ("folder", "pipe", "link", "circle"):
        (folder / name).mkdir()
    (folder / "folder" / "defs.yaml").mkdir()
    os.mkfifo(folder / "pipe" / "defs.yaml")
    (folder / "link" / "defs.yaml").symlink_to(folder / "nowhere")
    (folder / "circle" / "defs.yaml").symlink_to(folder / "circle" / "defs.yaml")
    (folder / "itself").symlink_to(folder)
    declare(folder, GOOD)
    found = loaded(folder)
    assert good(found) == ["acme"]
    assert set(broken(found)) == {"folder", "pipe", "link", "circle"}


def test_components_of_others_and_python_files_load_beside_ours(folder: Path) -> None:
    declare(folder, GOOD)
    (folder / "top.py").write_text(PYTHON)
    (folder / "deep").mkdir()
    (folder / "deep" / "more.py").write_text(PYTHON.replace("by_hand", "deeper"))
    (folder / "wrong.py").write_text("raise SystemExit('no such thing')\n")
    (folder / "again.py").write_text(PYTHON)
    declare(folder, GOOD.replace("acme", "with_others") + "---\n" + PIPES, "mixed")
    declare(folder, GOOD.replace("acme", "beside") + "---\n" + OTHERS, "mixed_with_wrong")
    found = loaded(folder)
    assert good(found) == ["acme", "with_others", "beside"]
    assert set(broken(found)) == {"wrong", "top", "mixed_with_wrong"}
    keys = {spec.key.to_user_string() for spec in found.definitions.resolve_all_asset_specs()}
    assert {"by_hand", "deeper", "of_a_script", "with_others/write_plan", "beside/write_plan"} <= keys


PIPES = """\
type: dagster.PythonScriptComponent
attributes:
  execution: {path: script.py}
  assets: [{key: of_a_script}]
"""


def test_what_dagsters_loader_adds_to_ours_still_holds(folder: Path) -> None:
    declare(folder, GOOD + "post_processing: {assets: [{target: '*', attributes: {owners: [team:billing]}}]}\n")
    found = loaded(folder)
    assert (good(found), broken(found)) == (["acme"], {})
    assert {tuple(spec.owners) for spec in found.definitions.resolve_all_asset_specs()} == {("team:billing",)}


def test_nobodys_name_gives_those_that_are_there_and_those_that_are_broken(folder: Path) -> None:
    declare(folder, GOOD)
    declare(folder, BROKEN, "b")
    found = loaded(folder)
    assert found.declared.named("acme").declaration.name == "acme"
    with pytest.raises(UserError, match="There is no declaration 'x'; there are: acme; broken are: beta"):
        found.declared.named("x")
    for name in ("beta", "b"):
        with pytest.raises(DeclarationError, match="did you mean on_several"):
            found.declared.named(name)
