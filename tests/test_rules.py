"""`make rules` reads the requirements and the marks of the tests, and refuses a mark that names no rule."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from tests.rules import REQUIREMENTS, Marks, read_rules, shortened, show, unknown, unproved

_ROOT = Path(__file__).parent.parent
_COUNTS = {"M": 12, "W": 11, "C": 16, "P": 7, "D": 7, "X": 18}


def test_every_mark_names_a_rule(request: pytest.FixtureRequest) -> None:
    """Of the tests of this very session, which is all of them where all are run."""
    marks = Marks()
    marks.pytest_collection_finish(request.session)
    assert unknown(read_rules(REQUIREMENTS.read_text("utf-8")), marks.tests) == {}


def test_a_mark_that_names_a_rule_is_good(tmp_path: Path) -> None:
    text = "import pytest\n\n@pytest.mark.rule('M4', 'W9')\ndef test_something(): ...\n"
    (tmp_path / "test_marks.py").write_text(text, encoding="utf-8")
    done = _check(str(tmp_path / "test_marks.py"))
    assert (done.returncode, done.stdout) == (0, "")


def test_a_mark_that_names_no_rule_is_refused(tmp_path: Path) -> None:
    text = "import pytest\n\n@pytest.mark.rule('M4', 'M99')\ndef test_something(): ...\n"
    (tmp_path / "test_marks.py").write_text(text, encoding="utf-8")
    done = _check(str(tmp_path / "test_marks.py"))
    assert done.returncode == 1
    said = " ".join(done.stdout.split())
    assert said == "✗ M99 is no rule of docs/requirements.md; marked: test_something"


def test_tests_that_cannot_be_collected_are_no_proof(tmp_path: Path) -> None:
    (tmp_path / "test_torn.py").write_text("def test_something(:", encoding="utf-8")
    done = _check(str(tmp_path / "test_torn.py"))
    assert done.returncode == 1
    assert "SyntaxError" in done.stdout


def test_every_rule_of_the_page_is_read() -> None:
    page = REQUIREMENTS.read_text("utf-8")
    expected = [f"{letter}{number}" for letter, count in _COUNTS.items() for number in range(1, count + 1)]
    assert list(read_rules(page)) == expected
    assert page.count("<a id=") == len(expected)
    assert all(f'<a id="{rule.lower()}"></a>**{rule} · ' in page for rule in expected)


def test_a_rule_is_read_with_its_short_form() -> None:
    page = '- <a id="w9"></a>**W9 · Every effect once. +** A journal\n- <a id="x1"></a>**X1 · What? Yes.** More.'
    assert read_rules(page) == {"W9": "Every effect once", "X1": "What? Yes"}


def test_the_table_shows_what_is_proved_and_what_is_not() -> None:
    rules = {"M1": "Pairs", "M2": "Customers", "W1": "Stripe"}
    tests = {"M1": ["test_one_way", "test_another"], "W7": ["test_lost"]}
    out = io.StringIO()
    show(rules, tests, Console(file=out, width=100))
    lines = [line.split() for line in out.getvalue().splitlines()]
    assert ["M1", "Pairs", "2", "one", "way;", "another"] in lines
    assert ["M2", "Customers", "–"] in lines
    assert lines[-3:] == [["1", "of", "3", "rules", "have", "a", "test;", "none", "yet:"], ["M2"], ["W1"]]
    assert unproved(rules, tests) == ["M2", "W1"]
    assert unknown(rules, tests) == {"W7": ["test_lost"]}


def test_long_lists_and_long_names_are_cut() -> None:
    assert shortened(["test_a", "test_b", "test_c", "test_d", "test_e"]) == "a; b; c; 2 more"
    assert shortened(["test_" + "x" * 60]) == "x" * 43 + "…"


def _check(*paths: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.rules", "--check", *paths]
    return subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
