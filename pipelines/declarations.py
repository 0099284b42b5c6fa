"""Finding declarations, and saying in a sentence with file and line what is wrong with one, while the others go on.

Dagster's own loader gives up all of them for one that is wrong, and reports it as a trace. So they are read here;
`loading.py` makes definitions of what is good, and shows what is broken.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Final

import yaml
from pydantic import ValidationError

from pipelines.declaration_errors import mistakes, unknown_key
from pipelines.declared_files import file_in, places, python_files, top_of
from pipelines.declared_values import DeclaredValues, unset_variables
from pipelines.yaml_nodes import child, documents, line_of, shown
from schemas.declaration import Declaration
from schemas.errors import DeclarationError, UserError
from schemas.secrets import masked

_TYPES: Final = ("pipelines.CustomerSync", "pipelines.customer_sync.CustomerSync")
_KEYS: Final = ("type", "attributes", "requirements")
_DAGSTERS_KEYS: Final = ("post_processing", "template_vars_module")


@dataclass(frozen=True)
class Located:
    """A declaration, and the file and line where it begins.

    Attributes:
        unset: key, such as `netsuite.private_key`, → the variable of the environment that it names and that is not set,
            where that is found out late.
    """

    file: Path
    line: int
    declaration: Declaration
    unset: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Broken:
    """A declaration that cannot be used, or a file of which it is not even known what it declares.

    Attributes:
        label: what to call it: its own name if it has one, else its folder's; letters, digits, underscores.
        names: what a person may call it.
        sentences: what is wrong with it, each with file and line.
    """

    label: str
    names: frozenset[str]
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Declared:
    """What a folder declares.

    Attributes:
        good: ordered by file.
        broken: what is not loaded, in the same order.
        others: files and folders directly in it that hold what only Dagster's own loader knows.
    """

    good: Sequence[Located]
    broken: Sequence[Broken]
    others: Sequence[Path] = ()

    def named(self, name: str) -> Located:
        """The declaration of this name.

        Raises:
            DeclarationError: it is broken.
            UserError: there is none.
        """
        for located in self.good:
            if located.declaration.name == name:
                return located
        for broken in self.broken:
            if name in broken.names:
                raise DeclarationError(broken.sentences[0])
        known = ", ".join(sorted(located.declaration.name for located in self.good)) or "none"
        others = f"; broken are: {', '.join(sorted(each.label for each in self.broken))}" if self.broken else ""
        raise UserError(f"There is no declaration {shown(name)!r}; there are: {known}{others}.")


def read_folder(folder: Path) -> Declared:
    """Read every declaration below a folder, `{{ env.NAME }}` and the like filled in; none keeps the others away."""
    found: list[Located] = []
    broken: list[Broken] = []
    others = {top_of(folder, path) for path in python_files(folder)}
    for place in places(folder):
        try:
            file = file_in(place)
            nodes = documents(file)
        except DeclarationError as error:
            broken.append(_broken(place, [str(error)]))
            continue
        for node in nodes:
            values = DeclaredValues(file)
            if _needs_dagster(node):
                others.add(top_of(folder, file))
            if _is_others(node):
                continue
            if located := _located(file, node, values):
                found.append(located)
            else:
                broken.append(_broken(place, values.mistakes, _name(node)))
    good, doubled = _once_each(found)
    return Declared(good, _labelled([*broken, *doubled]), sorted(others))


def read_declarations(folder: Path) -> Sequence[Located]:
    """Read every declaration below a folder, ordered by file.

    Raises:
        DeclarationError: one of them is broken.
    """
    declared = read_folder(folder)
    for broken in declared.broken:
        raise DeclarationError(broken.sentences[0])
    return declared.good


def read_file(file: Path) -> Located:
    """Read the one declaration of a file that lies anywhere.

    Raises:
        DeclarationError: it cannot be read, holds none or several, or is broken.
    """
    if not file.is_file():
        raise DeclarationError(f"{file}: there is no such file; name one with a declaration (defs.yaml).")
    nodes = [node for node in documents(file) if not _is_others(node)]
    if len(nodes) != 1:
        raise DeclarationError(f"{file}: expected one declaration in it, found {len(nodes)}.")
    values = DeclaredValues(file)
    located = _located(file, nodes[0], values)
    if located is None:
        raise DeclarationError(masked(values.mistakes[0]))
    return located


def _is_others(node: yaml.Node) -> bool:
    """Whether a document declares a component of somebody else's."""
    return bool(_OTHERS_TYPE.fullmatch(_type(node)))


def _needs_dagster(node: yaml.Node) -> bool:
    return _is_others(node) or any(child(node, key) for key in _DAGSTERS_KEYS)


def _located(file: Path, node: yaml.Node, values: DeclaredValues) -> Located | None:
    if _type(node) not in _TYPES:
        found = child(node, "type")
        said = f"'{shown(found[0].value)}'" if found and isinstance(found[0], yaml.ScalarNode) else "nothing"
        values.refuse(line_of(node, ("type",)), f"type: expected {_TYPES[0]}, found {said}")
        return None
    declaration = _declaration(node, values)
    if declaration is None or values.mistakes:
        return None
    return Located(file, node.start_mark.line + 1, declaration, dict(unset_variables(node)))


def _declaration(node: yaml.Node, values: DeclaredValues) -> Declaration | None:
    pairs = values.pairs(node, node.start_mark.line + 1) if isinstance(node, yaml.MappingNode) else []
    parts = {key.value: (value, key.start_mark.line + 1) for key, value in pairs}
    for key, (value, line) in parts.items():
        if key not in (*_KEYS, *_DAGSTERS_KEYS):
            values.refuse(line, f"{shown(key)}: {unknown_key(key, _KEYS)}")
        if key == "requirements" and not _names_variables(value):
            values.refuse(line, "requirements: expected the names of variables, as in {env: [STRIPE_API_KEY]}")
    attributes = parts.get("attributes")
    said = values.of(*attributes, ()) if attributes else None
    if values.mistakes:
        return None
    try:
        return Declaration.model_validate({} if said is None else said)
    except ValidationError as error:
        for path, what in mistakes(error):
            values.refuse(line_of(node, ("attributes", *path)), what)
    return None


def _names_variables(node: yaml.Node) -> bool:
    """Whether a node is what `dg` writes beside a component; it lists what must be set, and changes nothing."""
    names = child(node, "env")
    return (
        isinstance(node, yaml.MappingNode)
        and len(node.value) == 1
        and names is not None
        and isinstance(names[0], yaml.SequenceNode)
        and all(isinstance(name, yaml.ScalarNode) for name in names[0].value)
    )


def _type(node: yaml.Node) -> str:
    found = child(node, "type")
    return str(found[0].value) if found and isinstance(found[0], yaml.ScalarNode) else ""


def _name(node: yaml.Node) -> str:
    attributes = child(node, "attributes")
    name = child(attributes[0], "name") if attributes else None
    return str(name[0].value) if name and isinstance(name[0], yaml.ScalarNode) else ""


def _once_each(found: Iterable[Located]) -> tuple[list[Located], list[Broken]]:
    """Those whose name is theirs alone; of others none may win."""
    named = {name: list(those) for name, those in groupby(sorted(found, key=_by_name), _by_name)}
    doubled = [_doubled(name, those) for name, those in named.items() if len(those) > 1]
    return [each for each in found if len(named[each.declaration.name]) == 1], doubled


def _by_name(located: Located) -> str:
    return located.declaration.name


def _doubled(name: str, those: Sequence[Located]) -> Broken:
    count = "Two" if len(those) == 2 else f"{len(those)}"  # noqa: PLR2004 (it is the word for it)
    *most, last = [f"{each.file}, line {each.line}" for each in those]
    said = f"{count} declarations have the name {name!r}: {', '.join(most)}, and {last}; give each its own name."
    return Broken(name, frozenset({name, *(each.file.parent.name for each in those)}), (masked(said),))


def _broken(place: Path, sentences: Iterable[str], name: str = "") -> Broken:
    label = name if _LABEL.fullmatch(name) else re.sub(r"\W", "_", place.name, flags=re.ASCII)[:40] or "_"
    return Broken(label, frozenset({label, name, place.name}), tuple(map(masked, sentences)))


def _labelled(broken: Iterable[Broken]) -> list[Broken]:
    """Each with a label of its own, as it names an asset."""
    seen: Counter[str] = Counter()
    result = []
    for each in broken:
        seen[each.label] += 1
        result.append(replace(each, label=f"{each.label}_{seen[each.label]}") if seen[each.label] > 1 else each)
    return result


_LABEL: Final = re.compile(r"[A-Za-z0-9_]{1,40}")
_OTHERS_TYPE: Final = re.compile(r"(?!pipelines\.)[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")
