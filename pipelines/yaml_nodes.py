"""YAML files that anybody may have written, as nodes that know their lines, within limits.

No file can hang a process or fill its memory: not by its size, by nesting, or by aliases that expand for ever. What the
nodes say is the business of `declared_values.py`.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import yaml

from schemas.errors import DeclarationError

LARGEST: Final = 128 * 1024
"""Bytes of a file. The largest sensible declaration has a tenth of it."""
DEEPEST: Final = 20
MOST_NODES: Final = 5_000
"""Values, lists and keys of a file, each alias counted as often as it is used."""


_SIGNS: Final = {
    "\u2013": "a hyphen",
    "\u2014": "a hyphen",
    "\uff1a": "a colon",
    "\u201c": "a quote",
    "\u201d": "a quote",
}
_LOOKS_LIKE_A_SIGN: Final = re.compile("[\u00a0\u2007\u202f\u3000\uff1a\u201c\u201d]|^ *[\u2013\u2014] ?", re.MULTILINE)


def documents(file: Path) -> list[yaml.Node]:
    """The documents of a YAML file.

    Raises:
        DeclarationError: it can't be read, is not YAML, holds nothing, or is beyond a limit.
    """
    text = _text(file)
    try:
        nodes = list(_composed(file, text))
    except yaml.reader.ReaderError as error:
        raise _no_text(file, text[: error.position].count("\n") + 1) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        what = shown(error.problem or error.context or "it ends in the middle")
        raise DeclarationError(f"{file}, line {line}: this is not YAML ({what}); {_remedy(error, text)}.") from None
    if not nodes:
        raise DeclarationError(f"{file}, line 1: there is nothing in it; declare a reconciliation, or remove the file.")
    return nodes


def _remedy(error: yaml.MarkedYAMLError, text: str) -> str:
    """What was meant: labels and paths hold signs of YAML's own, and what is copied from a page those that look so."""
    line = error.problem_mark.line if error.problem_mark else 0
    found = _LOOKS_LIKE_A_SIGN.search("\n".join(text.splitlines()[max(line - 1, 0) : line + 1]))
    if found:
        sign = found[0].strip(" ")
        what = f"U+{ord(sign):04X}, which only looks like {_SIGNS.get(sign, 'a space')}"
        return f"here or in the line before is {what}: type it anew"
    if "mapping values" in (error.problem or ""):
        return "write a text with a colon in quotes, as 'Contact : Email', or check the indentation"
    if "escape character" in (error.problem or ""):
        return "write a path in single quotes, or with / in place of each backslash"
    return (
        "check the indentation, and write a text with one of : # , [ ] { } in quotes, and one that begins with a sign, "
        "such as * % | > or `"
    )


def shown(text: str, longest: int = 100) -> str:
    """A text of a file as a sentence may quote it: on one line, and not for ever."""
    plain = "".join(c if c.isprintable() else "�" for c in text)
    return plain if len(plain) <= longest else f"{plain[:longest]}…"


def child(node: yaml.Node, part: str | int) -> tuple[yaml.Node, int] | None:
    """What stands under a key, or at a place of a list, and the line where it begins."""
    if isinstance(node, yaml.MappingNode):
        pairs = {key.value: (value, key.start_mark.line + 1) for key, value in node.value if _is_word(key)}
        return pairs.get(str(part))
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        item = node.value[part]
        return item, item.start_mark.line + 1
    return None


def line_of(node: yaml.Node, path: tuple[str | int, ...]) -> int:
    """The line of the deepest node on this path that is there."""
    line: int = node.start_mark.line + 1
    for part in path:
        found = child(node, part)
        if found is None:
            return line
        node, line = found
    return line


def _is_word(key: yaml.Node) -> bool:
    return isinstance(key, yaml.ScalarNode)


def _text(file: Path) -> str:
    try:
        if not file.is_file():
            raise DeclarationError(f"{file}: this is not a file; a declaration is written in one.")
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except OSError as error:
        raise DeclarationError(f"{file}: this file cannot be read ({error.strerror}); allow it.") from None
    if len(content) > LARGEST:
        raise DeclarationError(f"{file}: this file is larger than {LARGEST // 1024} KiB; a declaration is not.")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _no_text(file, content[: error.start].count(b"\n") + 1) from None


def _no_text(file: Path, line: int) -> DeclarationError:
    return DeclarationError(
        f"{file}, line {line}: a character has no place in UTF-8 text; remove it, or save the file as UTF-8."
    )


def _composed(file: Path, text: str) -> Iterator[yaml.Node]:
    loader = _Loader(file, text)
    try:
        while loader.check_node():
            node = loader.get_node()
            if node is not None:
                loader.count(node)
                yield node
    except (ValueError, OverflowError):  # from a number in an escape or a directive
        raise DeclarationError(f"{file}, line {loader.line + 1}: this is not YAML; a number is too large.") from None


class _Loader(yaml.SafeLoader):
    """PyYAML's composer, stopped at the limits, in the line where it reaches one."""

    def __init__(self, file: Path, text: str) -> None:
        self._file, self._depth, self._nodes = file, 0, 0
        self._sizes: dict[int, tuple[int, int]] = {}
        self._open: set[int] = set()
        super().__init__(text)

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Called for each node, from the outside to the inside."""
        self._depth += 1
        self._nodes += 1
        self._refuse_beyond(self.line + 1, self._depth, self._nodes)
        node: yaml.Node | None = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def count(self, node: yaml.Node) -> tuple[int, int]:
        """Depth and number of the nodes here, aliases followed."""
        if id(node) in self._open:
            raise DeclarationError(f"{self._file}, line {node.start_mark.line + 1}: this value contains itself.")
        if id(node) not in self._sizes:
            self._open.add(id(node))
            sizes = [self.count(inner) for inner in _inner(node)]
            self._open.remove(id(node))
            depth, number = 1 + max((d for d, _ in sizes), default=0), 1 + sum(n for _, n in sizes)
            self._refuse_beyond(node.start_mark.line + 1, depth, number)
            self._sizes[id(node)] = depth, number
        return self._sizes[id(node)]

    def _refuse_beyond(self, line: int, depth: int, number: int) -> None:
        if depth > DEEPEST:
            raise DeclarationError(f"{self._file}, line {line}: this is nested more than {DEEPEST} levels deep.")
        if number > MOST_NODES:
            raise DeclarationError(
                f"{self._file}, line {line}: there are more than {MOST_NODES:,} values, those of aliases included."
            )


def _inner(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield key
            yield value
    elif isinstance(node, yaml.SequenceNode):
        yield from node.value
