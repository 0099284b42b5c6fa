"""What pydantic finds wrong with a declaration, as sentences for the person who wrote it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from typing import Final

from pydantic import BaseModel, ValidationError

from pipelines.yaml_nodes import shown
from schemas.declaration import Declaration

_Path = tuple[str | int, ...]
_LONGEST: Final = 400


def mistakes(
    error: ValidationError, model: type[BaseModel] = Declaration, whole: str = "attributes"
) -> Iterator[tuple[_Path, str]]:
    """Path and mistake of each node, without the full stop; unknown keys first, as others may follow from them.

    Args:
        error: what pydantic found.
        model: what was to be read.
        whole: what to call it.
    """
    for found in sorted(error.errors(include_url=False), key=lambda e: e["type"] != "extra_forbidden"):
        context = found.get("ctx", {})
        path: _Path = (*found["loc"], *context.get("path", ()))
        yield path, f"{_where(path, whole)}: {_message(found, path, model)}"
        for inner, message in context.get("others", ()):
            other = (*found["loc"], *inner)
            yield other, f"{_where(other, whole)}: {_short(message)}"


def unknown_key(key: str, known: Sequence[str]) -> str:
    """What to say of a key that nobody knows."""
    close = get_close_matches(key, known, n=1)
    hint = f"; did you mean {close[0]}?" if close else "."
    return f"unknown key{hint} Expected one of {', '.join(known)}"


def _where(path: _Path, whole: str) -> str:
    return ".".join(str(part + 1) if isinstance(part, int) else shown(part) for part in path) or whole


def _message(found: Mapping[str, object], path: _Path, model: type[BaseModel]) -> str:
    if found["type"] == "extra_forbidden":
        return unknown_key(str(path[-1]), _keys_at(model, path[:-1]))
    if found["type"] == "missing":
        return "is required"
    if found["type"] in {"model_type", "dict_type"}:
        return "expected names with values, one a line"
    if found["type"] == "string_type":
        return f"input should be a valid string{_no_string(found.get('input', ''))}"
    if found["type"] in {"bool_parsing", "bool_type"}:
        return "expected true or false"
    said = str(found["msg"]).rstrip(".")
    return _short(said[0].lower() + said[1:])


def _no_string(value: object) -> str:
    """What stands in place of a text, and how it becomes one; the value itself may be a secret."""
    if value is None:
        return ", and is nothing; write a text with : # or , in quotes, and one that begins with a sign"
    if isinstance(value, bool):
        return ", and is true or false, as YAML reads yes, no, on and off; write the text in quotes, as 'No'"
    if isinstance(value, (int, float, date)):
        return ", and is a number or a date; write the text in quotes, as '2024'"
    return ", and is a list or a block of names; write a text with [ ] { } or , in quotes"


def _short(message: str) -> str:
    return message if len(message) <= _LONGEST else f"{message[:_LONGEST]}…"


def _keys_at(model: type[BaseModel], path: _Path) -> Sequence[str]:
    """The keys that the model at this path of the declaration knows."""
    for part in path:
        if isinstance(part, str) and part in model.model_fields:
            inner = model.model_fields[part].annotation
            args = [inner, *getattr(inner, "__args__", ())]
            model = next((a for a in args if isinstance(a, type) and issubclass(a, BaseModel)), model)
    return list(model.model_fields)
