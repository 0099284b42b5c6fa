"""What holds for every step, found in the code itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reconciling import CHECKOUT

STEPS = {"asset", "multi_asset", "multi_asset_check", "op"}
AFTERWARDS = {"write"}
"""Steps that report counts when all that they write with is closed."""


def steps() -> Iterator[tuple[Path, ast.FunctionDef]]:
    for path in sorted((CHECKOUT / "assets").rglob("*.py")):
        text = path.read_text("utf-8")
        if not any(f".{name}" in text for name in STEPS):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and STEPS & {_name(each) for each in node.decorator_list}:
                yield path, node


def _name(decorator: ast.expr) -> str:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return called.attr if isinstance(called, ast.Attribute) else ""


FOUND = list(steps())


@pytest.mark.parametrize(("path", "step"), FOUND, ids=[f"{path.stem}:{step.name}" for path, step in FOUND])
def test_all_that_a_step_does_may_fail_without_a_word_of_a_customer(path: Path, step: ast.FunctionDef) -> None:
    body = step.body[ast.get_docstring(step) is not None :]
    guarded = [each for each in body if isinstance(each, ast.With) and "failures_for_people" in ast.unparse(each)]
    assert guarded or not body, path
    assert step.name in AFTERWARDS or body == guarded


def test_the_steps_are_found() -> None:
    assert {"customer_matches", "write_plan", "reconciliation_report", "link_audit"} <= {step.name for _, step in FOUND}
