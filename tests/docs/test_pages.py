"""What the pages point at is there: other pages, their headings, files of the project."""

import re
from pathlib import Path

import pytest

_ROOT = Path(__file__).parent.parent.parent
_PAGES = [_ROOT / "README.md", _ROOT / "examples" / "README.md", *sorted((_ROOT / "docs").glob("*.md"))]
_OF_THE_READER = {"pipelines/defs/acme", "pipelines/defs/acme/defs.yaml"}  # the declaration that a reader writes
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")
_FILE = re.compile(r"`((?:pipelines|assets|resources|schemas|docs|tests|examples|deploy)/[\w./]*\w)`")
_ANCHOR = re.compile(r"<a id=\"([^\"]+)\">")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: str(page.relative_to(_ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    links = _LINK.findall(page.read_text("utf-8"))
    broken = [f"{file}#{place}" for file, place in links if not _leads_somewhere(page, file, place)]
    assert broken == []


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: str(page.relative_to(_ROOT)))
def test_every_file_that_is_named_is_there(page: Path) -> None:
    named = set(_FILE.findall(page.read_text("utf-8"))) - _OF_THE_READER
    assert sorted(name for name in named if not (_ROOT / name).exists()) == []


def test_a_heading_is_linked_as_it_is_shown() -> None:
    assert _slug("M Matching: `keys`, and more") == "m-matching-keys-and-more"


def _leads_somewhere(page: Path, file: str, place: str) -> bool:
    target = (page.parent / file).resolve() if file else page
    if not target.exists():
        return False
    text = target.read_text("utf-8") if place else ""
    return not place or place in {*_ANCHOR.findall(text), *map(_slug, _HEADING.findall(text))}


def _slug(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-")
