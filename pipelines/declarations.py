"""Finding declarations and saying in one sentence, with file and line, what is wrong with one.

Dagster loads the same files; it reports a wrong one as a trace through its loader, and some mistakes without a line.
So `definitions.py` has them checked here first.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

import dagster as dg
import yaml
from dagster.components.resolved.errors import ResolutionException
from pydantic import BaseModel, ValidationError

from schemas.declaration import ASKED_FOR_LATE, Declaration
from schemas.errors import DeclarationError

_TYPES = ("pipelines.CustomerSync", "pipelines.customer_sync.CustomerSync")
_ENVIRONMENT = re.compile(r"\{\{\s*env\.(\w+)\s*\}\}")
_Path = tuple[str | int, ...]


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


def read_declarations(folder: Path) -> list[Located]:
    """Read every `defs.yaml` below a folder, templates such as `{{ env.NAME }}` resolved, ordered by file.

    Raises:
        DeclarationError: a file is not YAML, a declaration is wrong, or two share a name.
    """
    found = [located for file in sorted(folder.rglob("defs.yaml")) for located in _in_file(file)]
    first: dict[str, Located] = {}
    for located in found:
        other = first.setdefault(located.declaration.name, located)
        if other is not located:
            raise DeclarationError(
                f"Two declarations have the name {located.declaration.name!r}: {other.file}, line {other.line}, and "
                f"{located.file}, line {located.line}; give each its own name."
            )
    return found


def _in_file(file: Path) -> Iterator[Located]:
    for node in _documents(file):
        kind = _scalar(node, "type")
        if kind in _TYPES:
            _refuse_doubled_keys(file, node)
            declaration = _declaration(file, node)
            yield Located(file, node.start_mark.line + 1, declaration, dict(_unset(node)))
        elif kind is None or kind.startswith("pipelines."):
            found = "nothing" if kind is None else repr(kind)
            line = _line(node, ("type",))
            raise DeclarationError(f"{file}, line {line}: type: expected {_TYPES[0]}, found {found}.")


def _documents(file: Path) -> list[yaml.Node]:
    try:
        nodes = list(yaml.compose_all(file.read_text("utf-8"), yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise DeclarationError(
            f"{file}, line {line}: this is not YAML ({error.problem}); check the indentation."
        ) from None
    except (UnicodeDecodeError, yaml.reader.ReaderError) as error:
        raise DeclarationError(
            f"{file}, line {_line_of_bad_character(file, error)}: a character has no place in UTF-8 text; "
            "remove it, or save the file as UTF-8."
        ) from None
    if not nodes:
        raise DeclarationError(f"{file}, line 1: there is nothing in it; declare a reconciliation, or remove the file.")
    return nodes


def _declaration(file: Path, node: yaml.Node) -> Declaration:
    attributes = _child(node, "attributes")
    value = _resolved(file, attributes[0], attributes[1], ()) if attributes else {}
    try:
        return Declaration.model_validate(value or {})
    except ValidationError as error:
        raise _as_sentence(file, node, error) from None


def _resolved(file: Path, node: yaml.Node, line: int, path: _Path) -> object:
    """The value of a node, each template in it resolved where its line is still known.

    For a variable of the environment that is not set Dagster would give None. Only a login may lack it: one declaration
    without its secrets must not keep the others from loading.
    """
    if isinstance(node, yaml.MappingNode):
        pairs = _flattened(node)
        return {key.value: _resolved(file, value, key.start_mark.line + 1, (*path, key.value)) for key, value in pairs}
    if isinstance(node, yaml.SequenceNode):
        return [_resolved(file, item, item.start_mark.line + 1, (*path, 0)) for item in node.value]
    plain = yaml.SafeLoader("").construct_object(node)
    for name in _ENVIRONMENT.findall(str(plain)):
        if name not in os.environ and path not in ASKED_FOR_LATE:
            raise DeclarationError(f"{file}, line {line}: the environment variable {name} is not set; set it first.")
    try:
        value: object = dg.ResolutionContext.default().resolve_value(plain)
    except ResolutionException as error:
        raise DeclarationError(
            f"{file}, line {line}: {str(error).splitlines()[0].split('. ')[0].rstrip('.')}."
        ) from None
    return value


def _unset(node: yaml.Node) -> Iterator[tuple[str, str]]:
    for path in sorted(ASKED_FOR_LATE):
        value = _node_at(node, ("attributes", *path))
        for variable in _ENVIRONMENT.findall(value.value) if isinstance(value, yaml.ScalarNode) else ():
            if not os.environ.get(variable):
                yield ".".join(path), variable


def _node_at(node: yaml.Node, path: _Path) -> yaml.Node | None:
    for part in path:
        child = _child(node, part)
        if child is None:
            return None
        node = child[0]
    return node


def _flattened(node: yaml.MappingNode) -> list[tuple[yaml.Node, yaml.Node]]:
    """The pairs of a mapping, those that `<<` merges into it included."""
    yaml.SafeLoader("").flatten_mapping(node)
    pairs: list[tuple[yaml.Node, yaml.Node]] = node.value
    return pairs


def _refuse_doubled_keys(file: Path, node: yaml.Node) -> None:
    """YAML's reader would take the last one and drop the others."""
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            name, line = str(key.value), key.start_mark.line + 1
            if name in seen:
                raise DeclarationError(
                    f"{file}, line {line}: {name} is there twice, first in line {seen[name]}; keep one."
                )
            seen[name] = line
            _refuse_doubled_keys(file, value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_doubled_keys(file, item)


def _line_of_bad_character(file: Path, error: UnicodeDecodeError | yaml.reader.ReaderError) -> int:
    if isinstance(error, UnicodeDecodeError):
        return file.read_bytes()[: error.start].count(b"\n") + 1
    return file.read_text("utf-8")[: error.position].count("\n") + 1


def _scalar(node: yaml.Node, key: str) -> str | None:
    child = _child(node, key)
    return child[0].value if child and isinstance(child[0], yaml.ScalarNode) else None


def _as_sentence(file: Path, node: yaml.Node, error: ValidationError) -> DeclarationError:
    unknown_first = sorted(error.errors(include_url=False), key=lambda e: e["type"] != "extra_forbidden")
    first = unknown_first[0]
    context = first.get("ctx", {})
    path: _Path = (*first["loc"], *context.get("path", ()))
    where = ".".join(str(part + 1) if isinstance(part, int) else part for part in path) or "attributes"
    return DeclarationError(f"{file}, line {_line(node, ('attributes', *path))}: {where}: {_message(first, path)}.")


def _message(first: Mapping[str, object], path: _Path) -> str:
    if first["type"] == "extra_forbidden":
        known = _keys_at(Declaration, path[:-1])
        close = get_close_matches(str(path[-1]), known, n=1)
        hint = f"; did you mean {close[0]}?" if close else "."
        return f"unknown key{hint} Expected one of {', '.join(known)}"
    if first["type"] == "missing":
        return "is required"
    if first["type"] in {"model_type", "dict_type"}:
        return "expected names with values, one a line"
    said = str(first["msg"])
    return said[0].lower() + said[1:]


def _keys_at(model: type[BaseModel], path: _Path) -> Sequence[str]:
    """The keys that the model at this path of the declaration knows."""
    for part in path:
        if isinstance(part, str) and part in model.model_fields:
            inner = model.model_fields[part].annotation
            args = [inner, *getattr(inner, "__args__", ())]
            model = next((a for a in args if isinstance(a, type) and issubclass(a, BaseModel)), model)
    return list(model.model_fields)


def _line(node: yaml.Node, path: _Path) -> int:
    """The line of the deepest node on this path that is there."""
    line = node.start_mark.line + 1
    for part in path:
        child = _child(node, part)
        if child is None:
            return line
        node, line = child
    return line


def _child(node: yaml.Node, part: str | int) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.MappingNode):
        pairs = {key.value: (value, key.start_mark.line + 1) for key, value in node.value}
        return pairs.get(str(part))
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        item = node.value[part]
        return item, item.start_mark.line + 1
    return None
