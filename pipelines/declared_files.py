"""Where declarations are: the folders below `pipelines/defs`, and the file in which each declares something."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pipelines.yaml_nodes import shown
from schemas.errors import DeclarationError

_FILES: Final = ("defs.yaml", "defs.yml", "component.yaml")
"""What Dagster takes for a declaration: of one folder the first that is there."""


def places(folder: Path) -> list[Path]:
    """The folder, if something is declared in it, and every folder below that declares something or should."""
    return sorted(place for place in (folder, *_folders(folder)) if place != folder or _declared_in(place))


def _folders(folder: Path, above: frozenset[Path] = frozenset()) -> Iterator[Path]:
    """The folders below that hold something of their own, those behind links too, but none within itself."""
    above |= {folder.resolve()}
    for inner in _listed(folder):
        if inner.is_dir() and inner.resolve() not in above:
            below = list(_folders(inner, above))
            if _declared_in(inner) or not (below or any(path.suffix == ".py" for path in _listed(inner))):
                yield inner
            yield from below


def _listed(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if not path.name.startswith((".", "__pycache__", *_FILES))]
    except OSError:
        return []  # `file_in` says so


def python_files(folder: Path) -> Iterator[Path]:
    """The files below a folder that only Dagster's loader knows what to do with."""
    return (path for path in folder.rglob("*.py") if path.name != "__init__.py" and path.is_file())


def _declared_in(place: Path) -> Path | None:
    return next((place / name for name in _FILES if os.path.lexists(place / name)), None)


def file_in(place: Path) -> Path:
    """The file in which a folder declares something.

    Raises:
        DeclarationError: it declares nothing, or cannot be read.
    """
    try:
        there = sorted(path.name for path in place.iterdir() if not path.name.startswith("__"))
    except OSError as error:
        raise DeclarationError(f"{place}: this folder cannot be read ({error.strerror}); allow it.") from None
    file = _declared_in(place)
    if file is None:
        found = f", only {shown(', '.join(there))}" if there else ""
        raise DeclarationError(
            f"{place}: there is no {_FILES[0]} in it{found}; declare a reconciliation, or remove it."
        )
    return file


def top_of(folder: Path, path: Path) -> Path:
    """What lies directly in the folder on the way to a path; the folder itself, if that is its declaration."""
    inner = path.relative_to(folder)
    return folder if len(inner.parts) == 1 and inner.suffix != ".py" else folder / inner.parts[0]
