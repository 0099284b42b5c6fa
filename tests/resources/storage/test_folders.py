"""Where things are kept follows the environment, and no two declarations share a place."""

from pathlib import Path

import pytest

from resources.storage.folders import Folders


def test_places_follow_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TIEOUT_OUT", str(tmp_path / "results"))
    folders = Folders.from_environment()
    assert (folders.home, folders.out) == (tmp_path / "home", tmp_path / "results")
    monkeypatch.setenv("DAGSTER_HOME", "")
    monkeypatch.delenv("TIEOUT_OUT")
    folders = Folders.from_environment()
    assert (folders.home, folders.out) == (folders.root / ".dagster", folders.root / "out")


@pytest.mark.rule("D6")
def test_declarations_share_no_folder(tmp_path: Path) -> None:
    folders = Folders(root=tmp_path, home=tmp_path / "home", out=tmp_path / "out")
    names, accounts = ("acme", "acme_2"), ("3fa8", "77b0")
    kept = [folders.plans(name, of) for name in names for of in accounts] + [folders.frames(name) for name in names]
    for number, storage in enumerate(kept):
        with storage.replaced(["one"]) as [fresh]:
            fresh.write_text(str(number))
    assert [storage.fetched(["one"])["one"].read_text() for storage in kept] == [*"012345"]
    assert [storage.names() for storage in kept] == [["one"]] * 6
    assert len({folders.results(name) for name in names}) == 2
