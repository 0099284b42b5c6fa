"""The shapes on the wire: JSON values, bracketed forms, answers and refusals. No endpoint behaves here."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NoReturn, Self, TypeAlias

import orjson

Json: TypeAlias = dict[str, "Json"] | list["Json"] | str | int | float | bool | None
JsonObject: TypeAlias = dict[str, Json]
Form: TypeAlias = dict[str, "Form"] | list[str] | str
"""A form value: text, `name[]` as a list, `name[key]` as a dictionary."""


@dataclass(frozen=True)
class Answer:
    """What goes back over HTTP, before compression."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    effects: int = 0
    """How many objects this call changed."""


class Refusal(Exception):  # noqa: N818 - an answer, not a fault of the stand-in
    """An answer with an error body in Stripe's form."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        type_: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
    ) -> None:
        """Keep what the error body will say."""
        super().__init__(message)
        self.status, self.message, self.type, self.code, self.param = status, message, type_, code, param
        self.headers: Mapping[str, str] = {}

    def with_headers(self, headers: Mapping[str, str]) -> Self:
        """Add headers to the answer."""
        self.headers = {**self.headers, **headers}
        return self

    def answer(self) -> Answer:
        """Return the error as it goes over the wire: absent keys stay absent."""
        error: JsonObject = {"code": self.code, "message": self.message, "param": self.param, "type": self.type}
        body: JsonObject = {"error": {key: value for key, value in error.items() if value is not None}}
        return Answer(self.status, dump(body), self.headers)


def refuse_unknown(params: Iterable[str], known: Collection[str]) -> None:
    """Refuse the first parameter that is not known, as every verb does."""
    for param in params:
        if param not in known:
            raise Refusal(400, f"Received unknown parameter: {param}", code="parameter_unknown", param=param)


def refuse_empty(param: str) -> NoReturn:
    """Refuse an empty value where there is nothing to unset."""
    message = (
        f"You passed an empty string for '{param}'. We assume empty values are an attempt to unset a parameter; "
        f"however '{param}' cannot be unset. You should remove '{param}' from your request or supply a non-empty value."
    )
    raise Refusal(400, message, code="parameter_invalid_empty", param=param)


def dump(value: Json) -> bytes:
    """Return the value as the indented JSON that Stripe sends."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2)


def read_form(pairs: Iterable[tuple[str, str]]) -> dict[str, Form]:
    """Return bracketed pairs as nested values: `a[b]=1` gives `{"a": {"b": "1"}}`, `a[]=1` gives `{"a": ["1"]}`."""
    form: dict[str, Form] = {}
    for name, value in pairs:
        if name in form:
            raise Refusal(400, f"Received duplicate parameter: {name}", param=name)
        _put(form, name.replace("]", "").split("["), value, name)
    return form


def _put(form: dict[str, Form], path: list[str], value: str, name: str) -> None:
    """Put a value in its place. A parameter cannot be a text and an object, or an object and a list, at a time."""
    head, *rest = path
    if not rest:
        form[head] = value
        return
    inner = form.setdefault(head, [] if rest == [""] else {})
    if isinstance(inner, list) and rest == [""]:
        inner.append(value)
    elif isinstance(inner, dict) and rest != [""]:
        _put(inner, rest, value, name)
    else:
        raise Refusal(400, f"Invalid parameter: {name}", param=name)
