"""`make rules`: which tests prove which requirement, and which requirements have none yet.

The rules are read from docs/requirements.md, the proofs from the marks `@pytest.mark.rule("M4")` of the tests that
pytest itself collects. Nothing is run, so a mark says that a test is there, not that it passes.
"""

import argparse
import io
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import pytest
from rich.console import Console
from rich.markup import escape
from rich.table import Table

_ROOT = Path(__file__).parent.parent
REQUIREMENTS = _ROOT / "docs" / "requirements.md"

_RULE = re.compile(
    r"^- <a id=\"(?P<anchor>\w+)\"></a>\*\*(?P<id>[A-Z][0-9]+) · (?P<short>.+?)\.?(?: \+)?\*\*", re.MULTILINE
)
_NAMES_SHOWN = 3
_NAME_LENGTH = 44


@dataclass
class Marks:
    """A pytest plugin that notes who carries a rule's mark: id → names of test functions, in order of collection."""

    tests: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Called by pytest with everything it has collected; the cases of one parametrized test count once."""
        for item in session.items:
            name = getattr(item, "originalname", item.name)
            for rule in (rule for mark in item.iter_markers("rule") for rule in mark.args):
                if name not in self.tests[rule]:
                    self.tests[rule].append(name)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 1 if a mark names no rule, or if the tests cannot be collected."""
    parser = argparse.ArgumentParser(prog="make rules", description=__doc__)
    parser.add_argument("--check", action="store_true", help="print nothing but marks that name no rule")
    parser.add_argument("paths", nargs="*", default=[str(_ROOT / "tests")], help="tests to look at; default: all")
    options = parser.parse_args(arguments)
    console, rules = Console(highlight=False), read_rules(REQUIREMENTS.read_text("utf-8"))
    collected = collect(options.paths)
    if isinstance(collected, str):
        console.print(escape(collected))
        return 1
    if not options.check:
        show(rules, collected, console)
    for rule, tests in unknown(rules, collected).items():
        console.print(f"[red]✗[/] {rule} is no rule of docs/requirements.md; marked: {escape(', '.join(tests))}")
    return int(bool(unknown(rules, collected)))


def read_rules(page: str) -> dict[str, str]:
    """Id → the rule in short, in the order of the page."""
    return {found["id"]: found["short"] for found in _RULE.finditer(page)}


def collect(paths: Iterable[str]) -> dict[str, list[str]] | str:
    """Id → tests that carry its mark; or what pytest says, when it cannot collect."""
    marks, said = Marks(), io.StringIO()
    options = ["--collect-only", "-q", "--capture=no", "-p", "no:cacheprovider", f"--rootdir={_ROOT}"]
    with redirect_stdout(said), redirect_stderr(said):
        code = pytest.main([*options, f"--config-file={_ROOT / 'pyproject.toml'}", *paths], plugins=[marks])
    return dict(marks.tests) if code == pytest.ExitCode.OK else said.getvalue()


def unknown(rules: Mapping[str, str], tests: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The marks that name no rule."""
    return {rule: names for rule, names in tests.items() if rule not in rules}


def unproved(rules: Mapping[str, str], tests: Mapping[str, list[str]]) -> list[str]:
    """The rules that no test carries, in the order of the page."""
    return [rule for rule in rules if not tests.get(rule)]


def show(rules: Mapping[str, str], tests: Mapping[str, list[str]], console: Console) -> None:
    """Print the table, a section per letter, and below it what has no test yet."""
    table = Table(box=None, pad_edge=False)
    table.add_column("rule", style="bold", no_wrap=True)
    table.add_column("in short")
    table.add_column("tests", justify="right")
    table.add_column("which", style="dim", overflow="ellipsis")
    letter = ""
    for rule, short in rules.items():
        if letter not in ("", rule[0]):
            table.add_row()
        letter, names = rule[0], tests.get(rule, [])
        table.add_row(rule, escape(short), str(len(names)) if names else "[yellow]–[/]", escape(shortened(names)))
    console.print(table)
    missing = unproved(rules, tests)
    proved = f"{len(rules) - len(missing)} of {len(rules)} rules have a test"
    console.print(f"\n{proved}; none yet:" if missing else f"\n{proved}.")
    for _, group in groupby(missing, key=lambda rule: rule[0]):
        console.print(f"  [yellow]{' '.join(group)}[/]")


def shortened(names: Sequence[str]) -> str:
    """The first names without their `test_`, cut where they are long, and how many there are besides."""
    plain = [name.removeprefix("test_").replace("_", " ") for name in names]
    cut = [name if len(name) <= _NAME_LENGTH else name[: _NAME_LENGTH - 1].rstrip() + "…" for name in plain]
    more = [f"{len(cut) - _NAMES_SHOWN} more"] if len(cut) > _NAMES_SHOWN else []
    return "; ".join([*cut[:_NAMES_SHOWN], *more])


if __name__ == "__main__":
    sys.exit(main())
