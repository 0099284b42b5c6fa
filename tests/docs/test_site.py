"""The pages as a site: it is built without a complaint, each page is led to, and a browser asks nobody else."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
_FETCHED = re.compile(
    r"<(?:script|img|iframe|link)\b[^>]*\b(?:src|href)=\"(?:https?:)?//[^\"]+\"|@import|url\((?:https?:)?//"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    ended = subprocess.run(
        [sys.executable, "-m", "sphinx", "--quiet", "--nitpicky", "--fail-on-warning", "--keep-going", DOCS, folder],
        cwd=DOCS.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    return folder


def test_every_page_is_built_and_led_to_from_the_first(site: Path) -> None:
    first = (site / "index.html").read_text("utf-8")
    pages = {page.with_suffix(".html").name for page in DOCS.glob("*.md")} - {"index.html"}
    assert sorted(page for page in pages if f'href="{page}"' not in first) == []
    assert sorted(page for page in pages if not (site / page).is_file()) == []


def test_the_readme_leads_to_the_pages_it_names(site: Path) -> None:
    text = (site / "first_run.html").read_text("utf-8")
    for target in ("declaration.html#create", "contributing.html", "security.html", "changes.html"):
        assert f'href="{target}"' in text, target
    assert "assets/keys.py" not in re.findall(r'href="([^"]+)"', text)


def test_what_a_page_shows_lies_beside_it(site: Path) -> None:
    for page in site.rglob("*.*"):
        if page.suffix in {".html", ".css"}:
            assert _FETCHED.findall(page.read_text("utf-8")) == [], page.name
