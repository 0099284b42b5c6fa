"""Definitions of everything under `pipelines/defs`, so that what is broken there takes nothing else away.

Our declarations become definitions here. What else lies there, components of others and Python files, is left to
Dagster's own loader, each folder by itself, as it gives up everything for one mistake.
"""

import importlib
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import dagster as dg

from pipelines.broken import build_broken
from pipelines.customer_sync import build_defs, reconciliation
from pipelines.declarations import Broken, Declared, Located
from pipelines.yaml_nodes import shown
from resources.storage.folders import Folders
from schemas.errors import TieoutError
from schemas.secrets import masked


@dataclass(frozen=True)
class Loaded:
    """What could be loaded, as `declared.good`, and what could not, as `declared.broken`."""

    declared: Declared
    definitions: dg.Definitions


def load(declared: Declared, shared: dg.Definitions, folders: Folders, package: str, only: str | None = None) -> Loaded:
    """Build definitions of what a folder declares, and show what is broken.

    Args:
        declared: what was read there.
        shared: what all definitions need: the IO manager, the loggers.
        folders: the folders of the installation.
        package: name of the Python package that the folder is, such as `pipelines.defs`.
        only: the declaration to build, where others are not wanted; they count as good as they were read.
    """
    loading = _Loading(folders, shared, declared.broken)
    inside = {path: [each for each in declared.good if _lies_in(each.file, path)] for path in declared.others}
    for each in declared.good:
        if any(each in those for those in inside.values()):
            continue
        if only in {None, each.declaration.name}:
            loading.add_ours(each)
        else:
            loading.good.append(each)
    for path, those in inside.items():
        loading.add_others(path, those, package)
    good = [each for each in declared.good if each in loading.good]
    shown_as_broken = map(build_broken, loading.broken)
    return Loaded(
        Declared(good, loading.broken, declared.others), dg.Definitions.merge(*loading.parts, *shown_as_broken)
    )


class _Loading:
    """Collects what can be loaded, one by one."""

    def __init__(self, folders: Folders, shared: dg.Definitions, broken: Iterable[Broken]) -> None:
        self._folders = folders
        self.parts = [shared]
        self.good: list[Located] = []
        self.broken = list(broken)

    def add_ours(self, located: Located) -> None:
        """Build one of our declarations; whatever goes wrong with it is its own business."""
        declaration = located.declaration
        try:
            sync = reconciliation(declaration, self._folders, located.unset)
            built = build_defs(sync, (located.file, located.line))
        except Exception as error:  # noqa: BLE001 (none of them may keep the other declarations from loading)
            self._add_broken(declaration.name, f"{located.file}, line {located.line}", error)
        else:
            self.parts.append(built)
            self.good.append(located)

    def add_others(self, path: Path, ours: list[Located], package: str) -> None:
        """Let Dagster load a file or folder, with what is ours in it, if all of it fits to the rest."""
        try:
            built = _by_dagster(path, package, self._folders.root)
            dg.Definitions.validate_loadable(dg.Definitions.merge(*self.parts, built))
        except (Exception, SystemExit) as error:  # noqa: BLE001 (somebody else's code, which may raise anything)
            self._add_broken(path.stem, str(path), error)
            for each in ours:
                self.add_ours(each)
        else:
            self.parts.append(built)
            self.good.extend(ours)

    def _add_broken(self, name: str, where: str, error: BaseException) -> None:
        taken = {each.label for each in self.broken}
        label = next(label for label in _labels(name) if label not in taken)
        said = str(error) if isinstance(error, TieoutError) else masked(_of_others(where, error))
        self.broken.append(Broken(label, frozenset({label, name}), (said,)))


def _labels(name: str) -> Iterable[str]:
    plain = "".join(c if c.isascii() and c.isalnum() else "_" for c in name)
    yield plain
    yield from (f"{plain}_{number}" for number in range(2, _MANY))


_MANY: Final = 10_000


def _by_dagster(path: Path, package: str, root: Path) -> dg.Definitions:
    with warnings.catch_warnings(action="ignore"):  # of Dagster's own code, and of what is not ours
        return _loaded_by_dagster(path, package, root)


def _loaded_by_dagster(path: Path, package: str, root: Path) -> dg.Definitions:
    if path.suffix == ".py":
        module = importlib.import_module(f"{package}.{path.stem}")
        made = [value for value in vars(module).values() if isinstance(value, dg.Definitions)]
        return made[0] if len(made) == 1 else dg.load_definitions_from_module(module)
    package_path = Path(next(iter(importlib.import_module(package).__path__)))
    module = importlib.import_module(package if path == package_path else f"{package}.{path.name}")
    return _without_tree(dg.ComponentTree.from_module(defs_module=module, project_root=root).build_defs())


def _without_tree(built: dg.Definitions) -> dg.Definitions:
    """The same definitions, without the tree that they come from: of trees Dagster takes one, and we have several."""
    return dg.Definitions(
        assets=built.assets,
        asset_checks=built.asset_checks,
        jobs=built.jobs,
        schedules=built.schedules,
        sensors=built.sensors,
        resources=built.resources,
        loggers=built.loggers,
        executor=built.executor,
    )


def _of_others(where: str, error: BaseException) -> str:
    """What to say of an error that is not one of our sentences: its innermost cause, on one line."""
    while error.__cause__ is not None:
        error = error.__cause__
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = f": {shown(lines[0], 300).rstrip('.')}" if lines else ""
    return f"{where}: this cannot be loaded ({type(error).__name__}{said}); mend it or take it out."


def _lies_in(file: Path, path: Path) -> bool:
    return path in file.parents
