"""The declaration reference names every key, its default, and examples that are accepted."""

import re
from pathlib import Path
from typing import Any, Literal

import pytest
import yaml
from pydantic import BaseModel, Field, ValidationError

from docs.declaration import EXAMPLES, PAGE, IncompletePageError, default, filled, kind, models
from pipelines.declarations import read_declarations
from schemas.declaration import Declaration
from schemas.declaration.sources import OAUTH_KEYS, TOKEN_KEYS
from schemas.link_fields import fields_of

_YAML = re.findall(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
_NEEDED_WHERE_USED = {
    "stripe.export",
    "stripe.api_key",
    "netsuite.export",
    "netsuite.account",
    "netsuite.mass_search",
    "create",
    "create.individual_when.metadata",
    "to_stripe.mass_search",
    "to_stripe.export",
    "to_stripe.portal",
    "notify.kind",
    "notify.url",
} | {f"netsuite.{key}" for key in OAUTH_KEYS | TOKEN_KEYS}
_OF_SOME_ACCOUNTS = {f"writes.{field.name}" for field in fields_of("netsuite") if field.optional}
_ALL = "create.individual_when.always"  # in place of the other keys beside it
_KEYS = [f"{prefix}{name}" for model, prefix in models(Declaration) for name in model.model_fields]


def _default_on_page(key: str) -> str:
    row = next(line for line in PAGE.read_text("utf-8").splitlines() if line.startswith(f"| `{key}` |"))
    return row.split(" | ")[2].strip("`")


def _loaded(text: str) -> Any:  # noqa: ANN401 - a document of YAML
    """With addresses where they come from the environment."""
    with_webhook = text.replace("{{ env.TIEOUT_WEBHOOK }}", "https://chat.example/hook")
    return yaml.safe_load(with_webhook.replace("{{ env.TIEOUT_ALIVE }}", "https://alive.example/ping"))


def _declaration_with(key: str) -> tuple[Any, Any, str]:
    """The last declaration of the page that has this key; the mapping in which it stands there; its last word."""
    for text in reversed(_YAML):
        document = node = _loaded(text)["attributes"]
        *way, last = key.split(".")
        for part in way:
            node = (node or {}).get(part.removesuffix("[]"))
            node = node[0] if node and part.endswith("[]") else node
        if key in _OF_SOME_ACCOUNTS or (key == _ALL and node):
            node.setdefault(last, None)
        if last in (node or {}):
            return document, node, last
    pytest.fail(f"no declaration on the page has the key {key}")


class _Inner(BaseModel):
    size: int = 3


class _Outer(BaseModel):
    """All kinds of keys."""

    must: str
    word: Literal["a", "b"] = "a"
    maybe: bool | None = None
    many: list[_Inner] = Field(default_factory=list)
    labels: dict[str, str] = Field(default_factory=dict)
    one: _Inner = Field(default_factory=_Inner)


def test_the_tables_are_those_of_the_code() -> None:
    page = PAGE.read_text("utf-8")
    assert page == filled(page), "fill them anew: python -m docs.declaration"


@pytest.mark.parametrize("key", _KEYS)
def test_every_key_is_on_the_page(key: str) -> None:
    assert f"\n| `{key}` |" in PAGE.read_text("utf-8")


@pytest.mark.parametrize("key", [key for key in _KEYS if _default_on_page(key) == "required"])
def test_what_the_page_calls_required_is_required(key: str) -> None:
    document, node, last = _declaration_with(key)
    del node[last]
    with pytest.raises(ValidationError):
        Declaration.model_validate(document)


@pytest.mark.parametrize("key", sorted(_NEEDED_WHERE_USED))
def test_a_key_that_its_source_needs_cannot_be_left_out(key: str) -> None:
    document, node, last = _declaration_with(key)
    del node[last]
    with pytest.raises(ValidationError):
        Declaration.model_validate(document)


@pytest.mark.parametrize(
    "key", [key for key in _KEYS if _default_on_page(key) != "required" and key not in _NEEDED_WHERE_USED]
)
def test_a_key_that_is_left_out_gets_the_default_of_the_page(key: str) -> None:
    document, node, last = _declaration_with(key)
    shown = _default_on_page(key)
    del node[last]
    got: object = Declaration.model_validate(document)
    for part in key.split("."):
        got = getattr(got, part.removesuffix("[]"))
        got = got[0] if part.endswith("[]") and isinstance(got, list) else got
    expected = {"not set": None, "its defaults": type(got)()}.get(shown, yaml.safe_load(shown))
    assert got == expected


@pytest.mark.parametrize("key", sorted(EXAMPLES))
def test_every_example_is_accepted(key: str) -> None:
    document, node, last = _declaration_with(key)
    node[last] = _loaded(EXAMPLES[key])
    if key == _ALL:
        del node["metadata"], node["equals"]
    if key == "netsuite_fields":
        del document["rules"], document["writes"]
    if key in {"stripe", "netsuite"}:  # an export, for which there is no daily run
        del document["brakes"], document["daily"], document["notify"]
    Declaration.model_validate(document)


@pytest.mark.parametrize("text", _YAML)
def test_every_declaration_on_the_page_is_accepted(text: str, tmp_path: Path) -> None:
    (tmp_path / "defs.yaml").write_text(text, encoding="utf-8")
    assert len(read_declarations(tmp_path)) == 1


def test_values_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_EXPORT", "there/stripe.csv")
    text = _YAML[0].replace("exports/stripe.csv", "'{{ env.STRIPE_EXPORT }}'")
    (tmp_path / "defs.yaml").write_text(text, encoding="utf-8")
    assert read_declarations(tmp_path)[0].declaration.stripe.export == ["there/stripe.csv"]


def test_a_model_without_a_table_is_named() -> None:
    page = PAGE.read_text("utf-8").replace("<!-- keys of Writes -->", "")
    with pytest.raises(IncompletePageError, match="Writes"):
        filled(page)


def test_types_and_defaults_are_put_in_words() -> None:
    fields = _Outer.model_fields
    assert {name: (kind(field.annotation), default(field)) for name, field in fields.items()} == {
        "must": ("text", "required"),
        "word": ("`a` or `b`", "`a`"),
        "maybe": ("true or false", "not set"),
        "many": ("list of [_Inner](#_inner)", "`[]`"),
        "labels": ("text → text", "`{}`"),
        "one": ("[_Inner](#_inner)", "its defaults"),
    }
    assert [prefix for _, prefix in models(_Outer)] == ["", "many[].", "one."]
