"""What a template is compiled to is kept beside its folder's modules, until anything that it depends on changes."""

from pathlib import Path

import jinja2
import pytest

from assets import templates
from assets.code_version import code_version


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "page.jinja").write_text("Hello {{ name }}")
    (tmp_path / "__pycache__").mkdir()
    return tmp_path


def rendered(folder: Path) -> str:
    return templates.templates(folder).get_template("page.jinja").render(name="<b>")


def kept(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in (folder / "__pycache__").iterdir()]


def test_a_template_is_compiled_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert rendered(folder) == "Hello &lt;b&gt;"
    monkeypatch.setattr(jinja2.Environment, "compile", None)
    assert rendered(folder) == "Hello &lt;b&gt;"


def test_a_template_that_has_changed_is_compiled_anew(folder: Path) -> None:
    rendered(folder)
    (folder / "page.jinja").write_text("Bye {{ name }}")
    assert rendered(folder) == "Bye &lt;b&gt;"
    assert len(kept(folder)) == 1


def test_what_other_code_has_compiled_is_not_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rendered(folder)
    before = kept(folder)
    monkeypatch.setattr(templates, "code_version", lambda: f"not {code_version()}")
    assert rendered(folder) == "Hello &lt;b&gt;"
    assert kept(folder) != before


def test_where_nothing_can_be_kept_a_template_is_compiled_each_time(folder: Path) -> None:
    (folder / "__pycache__").rmdir()
    assert [rendered(folder), rendered(folder)] == ["Hello &lt;b&gt;"] * 2
    assert not (folder / "__pycache__").exists()
