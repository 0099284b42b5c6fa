"""The kinds of comparison that a rule can name under `as`, a file each: whoever needs the list of them asks here.

A file with a `KIND` is found by being here; nothing else lists it.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Final

from schemas.rule_kinds.entry import Kind, ReadSides, RuleKind
from schemas.rule_kinds.text import KIND as AS_IT_IS

__all__ = ["AS_IT_IS", "RULE_KINDS", "Kind", "ReadSides", "RuleKind"]


def _found() -> Iterator[RuleKind]:
    for module in iter_modules(__path__):
        kind: RuleKind | None = getattr(import_module(f"{__name__}.{module.name}"), "KIND", None)
        if kind is not None:
            yield kind


RULE_KINDS: Final[Mapping[str, RuleKind]] = {
    kind.name: kind for kind in sorted(_found(), key=lambda kind: (kind is not AS_IT_IS, kind.name))
}
"""All of them by name, the default first."""
