"""What the nodes of a declaration say: values, with what the environment holds filled in, and every mistake collected.

Only three forms of a template are understood, so that a file cannot compute, and so that each value that comes from the
environment is known (`schemas/secrets.py`).
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import yaml

from pipelines.yaml_nodes import child, shown
from schemas.declaration.sources import ASKED_FOR_LATE
from schemas.secrets import remember

LONGEST: Final = 16_384
"""Characters of one value: a private key of 8,192 bits has half of it."""
_LONGEST_KEY: Final = 200
_Path = tuple[str | int, ...]
_TEMPLATE: Final = re.compile(
    r"\{\{\s*env(?:\.(?P<name>\w+)|\(\s*(['\"])(?P<called>\w+)\2\s*(?:,\s*(['\"])(?P<default>[^'\"{}]*)\4\s*)?\))\s*\}\}"
)
_LIKE_TEMPLATE: Final = re.compile(r"\{[{%#]\s*(\w*)")
_NO_TEXT: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters, and halves of a character, which no encoding can write."""
_PLAIN: Final = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "timestamp"))
_NESTED: Final = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("map", "seq"))


class DeclaredValues:
    """The values of one file, and the mistakes that were met while reading them, each a sentence with its line."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.mistakes: list[str] = []

    def refuse(self, line: int, what: str) -> None:
        """Note a mistake: what is wrong, without the full stop."""
        self.mistakes.append(f"{self._file}, line {line}: {what}.")

    def of(self, node: yaml.Node, line: int, path: _Path) -> object:
        """The value of a node that stands in this line, at this path of the declaration."""
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, line, path)
        if node.tag not in _NESTED:
            self.refuse(line, f"the tag {shown(node.tag)} has no place in a declaration")
            return None
        if isinstance(node, yaml.MappingNode):
            pairs = self.pairs(node, line)
            return {key.value: self.of(value, key.start_mark.line + 1, (*path, key.value)) for key, value in pairs}
        return [self.of(item, item.start_mark.line + 1, (*path, 0)) for item in node.value]

    def pairs(self, node: yaml.MappingNode, line: int) -> list[tuple[yaml.Node, yaml.Node]]:
        """The pairs of a mapping that stands in this line, those that `<<` merges into it included."""
        self._refuse_doubled_keys(node)
        try:
            yaml.SafeLoader("").flatten_mapping(node)
        except yaml.YAMLError:
            self.refuse(line, "<< merges names with values, and nothing else")
            return []
        return [pair for pair in node.value if self._is_key(pair[0])]

    def _is_key(self, key: yaml.Node) -> bool:
        if not isinstance(key, yaml.ScalarNode):
            self.refuse(
                key.start_mark.line + 1,
                'a key is a word, not a list or more keys; write a template in quotes, as "{{ env.NAME }}"',
            )
            return False
        if len(key.value) > _LONGEST_KEY or not key.value.isprintable():
            self.refuse(key.start_mark.line + 1, f"this is no key: {shown(key.value)}")
            return False
        return True

    def _refuse_doubled_keys(self, node: yaml.MappingNode) -> None:
        """YAML's reader would take the last one and drop the others."""
        seen: dict[str, int] = {}
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                line = key.start_mark.line + 1
                if key.value in seen:
                    self.refuse(line, f"{shown(key.value)} is there twice, first in line {seen[key.value]}; keep one")
                seen.setdefault(key.value, line)

    def _scalar(self, node: yaml.ScalarNode, line: int, path: _Path) -> object:
        if node.tag not in _PLAIN:
            self.refuse(
                line,
                f"the tag {shown(node.tag)} has no place in a declaration; put a text with such a sign in quotes",
            )
        elif len(node.value) > LONGEST:
            self.refuse(line, f"this value is longer than {LONGEST:,} characters")
        elif not _is_text(node.value):
            self.refuse(line, "a character has no place in UTF-8 text; remove it")
        else:
            return self._plain(node, line, path)
        return None

    def _plain(self, node: yaml.ScalarNode, line: int, path: _Path) -> object:
        try:
            value: object = yaml.SafeLoader("").construct_object(node)
        except (yaml.YAMLError, ValueError, KeyError, AttributeError, ArithmeticError):
            self.refuse(line, f"{shown(node.value)} looks like a number or a date and is none; put it in quotes")
            return None
        return self._filled(value, line, path) if isinstance(value, str) else value

    def _filled(self, text: str, line: int, path: _Path) -> str | None:
        """The text with its templates filled in; null if a variable is not set that is asked for late.

        Only a login may lack it: one declaration without its secrets must not keep the others from loading.
        """
        strange = _LIKE_TEMPLATE.search(_TEMPLATE.sub("", text))
        if strange:
            self.refuse(
                line,
                f"'{shown(strange.group(1))}' not found; of templates only {{{{ env.NAME }}}}, {{{{ env('NAME') }}}} "
                "and {{ env('NAME', 'default') }} are understood",
            )
            return None
        unset = [found for found in _TEMPLATE.finditer(text) if _value(found) is None]
        if unset and path not in ASKED_FOR_LATE:
            for found in unset:
                self.refuse(line, _says_unset(found))
        return None if unset else _TEMPLATE.sub(lambda found: _value(found) or "", text)


def unset_variables(node: yaml.Node) -> Iterator[tuple[str, str]]:
    """Key, such as `netsuite.private_key`, and the variable that it names and that is empty or not set."""
    for path in sorted(ASKED_FOR_LATE):
        value = _node_at(node, ("attributes", *path))
        for found in _TEMPLATE.finditer(value.value) if isinstance(value, yaml.ScalarNode) else ():
            if not _value(found):
                yield ".".join(path), _variable(found)


def _node_at(node: yaml.Node, path: _Path) -> yaml.Node | None:
    for part in path:
        found = child(node, part)
        if found is None:
            return None
        node = found[0]
    return node


def _variable(found: re.Match[str]) -> str:
    return str(found["name"] or found["called"])


def _value(found: re.Match[str]) -> str | None:
    name = _variable(found)
    value = os.environ.get(name)
    if value is None:
        return found["default"]
    remember(name, value)
    return value


def _says_unset(found: re.Match[str]) -> str:
    if found["called"]:
        return f"Environment variable {found['called']} is not set and has no default; set it first"
    return f"the environment variable {found['name']} is not set; set it first"


def _is_text(text: str) -> bool:
    return not _NO_TEXT.search(text)
