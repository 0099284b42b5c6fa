"""Finding declarations and saying in one sentence, with file and line, what is wrong with one.

Dagster loads the same files; it reports a wrong one as a trace through its loader, and some mistakes without a line.
So `definitions.py` has them checked here first.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import dagster as dg
import yaml
from dagster.components.resolved.errors import ResolutionException
from pydantic import BaseModel, ValidationError

from schemas.declaration import Declaration
from schemas.errors import DeclarationError

_TYPES = ("pipelines.CustomerSync", "pipelines.customer_sync.CustomerSync")
_Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Located:
    """A declaration and the file it stands in."""

    file: Path
    declaration: Declaration


def read_declarations(folder: Path) -> list[Located]:
    """Read every `defs.yaml` below a folder, templates such as `{{ env.NAME }}` resolved, ordered by file.

    Raises:
        DeclarationError: a file is not YAML, a declaration is wrong, or two share a name.
    """
    found = [Located(file, d) for file in sorted(folder.rglob("defs.yaml")) for d in _in_file(file)]
    first: dict[str, Path] = {}
    for located in found:
        other = first.setdefault(located.declaration.name, located.file)
        if other is not located.file:
            raise DeclarationError(
                f"{located.file}: the name {located.declaration.name!r} is taken by {other}; give each its own name."
            )
    return found


def _in_file(file: Path) -> Iterator[Declaration]:
    try:
        nodes = list(yaml.compose_all(file.read_text("utf-8"), yaml.SafeLoader))
        documents = list(yaml.safe_load_all(file.read_text("utf-8")))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise DeclarationError(
            f"{file}, line {line}: this is not YAML ({error.problem}); check the indentation."
        ) from None
    for node, document in zip(nodes, documents, strict=True):
        if isinstance(document, dict) and document.get("type") in _TYPES:
            yield _declaration(file, node, document.get("attributes") or {})


def _declaration(file: Path, node: yaml.Node, attributes: Mapping[str, object]) -> Declaration:
    try:
        return Declaration.model_validate(dg.ResolutionContext.default().resolve_value(attributes))
    except ResolutionException as error:
        raise DeclarationError(f"{file}: {str(error).splitlines()[0]}") from None
    except ValidationError as error:
        raise _as_sentence(file, node, error) from None


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
        return f"unknown key, {f'did you mean {close[0]}? ' if close else ''}Expected one of {', '.join(known)}"
    if first["type"] == "missing":
        return "is required"
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
