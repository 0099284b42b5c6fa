"""Which files an `export` of a declaration names: paths, and patterns such as `exports/stripe-*.csv`."""

from collections.abc import Iterable, Iterator
from glob import has_magic
from pathlib import Path

from schemas.errors import ExportError


def export_files(root: Path, names: Iterable[str]) -> list[Path]:
    """The files, in the order in which they are named; those of a pattern by name.

    Args:
        root: the folder that relative paths begin at.
        names: paths, `~` allowed; `*`, `?` and `[…]` stand for parts of names, unless a file is called just so.

    Raises:
        ExportError: no file is like a pattern, or the name is that of a folder.
    """
    return [file for name in names for file in _of_name(root, name)]


def _of_name(root: Path, name: str) -> Iterator[Path]:
    path = root / Path(name).expanduser()
    if path.is_dir():
        raise ExportError(f"{path} is a folder; name the files in it, as in {name.rstrip('/')}/*.csv.")
    if path.exists() or not has_magic(name):
        yield path
        return
    found = sorted(file for file in Path(path.anchor).glob(str(path.relative_to(path.anchor))) if file.is_file())
    if not found:
        raise ExportError(
            f"There is no file like {path}; put the exports there, or correct `export` in the declaration."
        )
    yield from found
