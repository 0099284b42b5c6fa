"""Every example in a docstring says what the code does."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

from tests.reconciling import CHECKOUT

PACKAGES = ("pipelines", "assets", "resources", "schemas", "sandbox")
PROMPT = ">>> "


def files_with_examples() -> list[Path]:
    files = [file.relative_to(CHECKOUT) for package in PACKAGES for file in (CHECKOUT / package).rglob("*.py")]
    return sorted(file for file in files if PROMPT in (CHECKOUT / file).read_text("utf-8"))


FILES = files_with_examples()


@pytest.mark.parametrize("file", FILES, ids=map(str, FILES))
def test_the_examples_of_a_file_hold(file: Path) -> None:
    module = import_module(".".join(file.with_suffix("").parts))
    found = sum(len(each.examples) for each in doctest.DocTestFinder().find(module))
    assert found == (CHECKOUT / file).read_text("utf-8").count(PROMPT), "an example stands where doctest does not look"
    assert doctest.testmod(module).failed == 0
