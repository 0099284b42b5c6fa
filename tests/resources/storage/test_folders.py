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
    plans = [folders.plans(name, accounts) for name in ("acme", "acme_2") for accounts in ("3fa8", "77b0")]
    folders = [*plans, *(of(name) for of in (folders.results, folders.frames) for name in ("acme", "acme_2"))]
    assert len(set(folders)) == 8
    assert not any(one in other.parents for one in folders for other in folders)
