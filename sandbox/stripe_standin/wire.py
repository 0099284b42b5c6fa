"""The shapes on the wire: JSON values, bracketed forms, answers and refusals. No endpoint behaves here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self, TypeAlias

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


def dump(value: Json) -> bytes:
    """Return the value as the indented JSON that Stripe sends."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2)


def read_form(pairs: Iterable[tuple[str, str]]) -> dict[str, Form]:
    """Return bracketed pairs as nested values: `a[b]=1` gives `{"a": {"b": "1"}}`, `a[]=1` gives `{"a": ["1"]}`."""
    form: dict[str, Form] = {}
    for name, value in pairs:
        path = name.replace("]", "").split("[")
        _put(form, path, value)
    return form


def _put(form: dict[str, Form], path: list[str], value: str) -> None:
    head, *rest = path
    if not rest:
        form[head] = value
    elif rest == [""]:
        listed = form.setdefault(head, [])
        if isinstance(listed, list):
            listed.append(value)
    else:
        inner = form.setdefault(head, {})
        if isinstance(inner, dict):
            _put(inner, rest, value)
