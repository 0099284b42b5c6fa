"""Canonical JSON, column by column: keys sorted, no white space, nothing that is null, text as it is.

It equals `json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)`. There are two ways: columns
of JSON are put into objects and lists level by level (`text_expr`, `object_expr`, `list_expr`); or an object is given
as pieces (`object_pieces`), so that the text of a whole record is put together once, and texts are not looked through.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from assets.mapping.to_netsuite.few import altered

Json = Mapping[str, "Json"] | list["Json"] | str | float | bool

SPECIAL: Final = r'(?-u)[\x00-\x1f"\\]'
"""What JSON writes otherwise than it is."""

HAS_SPECIAL: Final = "has special characters"
"""A column of Booleans: in these rows some text may hold something `SPECIAL`."""

_ESCAPED: Final = {chr(code): json.dumps(chr(code))[1:-1] for code in (*range(0x20), ord('"'), ord("\\"))}


@dataclass(frozen=True)
class Member:
    """A value of an object: what stands before and behind a column; null where the object has no such value."""

    before: str
    column: pl.Expr
    behind: str


def constant(value: Json) -> str:
    """Return the JSON of a value that is the same for all rows."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def text(column: pl.Expr) -> Member:
    """A column of texts; the frame tells by `HAS_SPECIAL` in which rows something has to be escaped."""
    return Member('"', altered(column, pl.col(HAS_SPECIAL), _escaped), '"')


def json_column(column: pl.Expr) -> Member:
    """A column of JSON."""
    return Member("", column, "")


def same(value: Json) -> Member:
    """A value that is the same for all rows."""
    return json_column(pl.lit(constant(value)))


def or_same(member: Member, value: Json) -> Member:
    """A member, and where it is null a value that is the same for all rows."""
    written = pl.concat_str(pl.lit(member.before), member.column, pl.lit(member.behind))
    return json_column(pl.coalesce(written, pl.lit(constant(value))))


def joined(pieces: Sequence[pl.Expr]) -> pl.Expr:
    """Return pieces as one text; a null is left out."""
    return pl.concat_str(*pieces, ignore_nulls=True)


def object_pieces(members: Mapping[str, Member], always: str) -> list[pl.Expr]:
    """Return an object as pieces; a value that is null is left out.

    Args:
        members: by key.
        always: the key of one that is null in no row: all commas are told from there.
    """
    names = sorted(members)
    at = names.index(always)
    before = [_piece(name, members[name], "", ",") for name in names[:at]]
    behind = [_piece(name, members[name], ",", "") for name in names[at + 1 :]]
    return [pl.lit("{"), *before, _piece(always, members[always], "", ""), *behind, pl.lit("}")]


def _piece(name: str, member: Member, before: str, behind: str) -> pl.Expr:
    opening = f"{before}{constant(name)}:{member.before}".replace("{", "{{").replace("}", "}}")
    return pl.format(f"{opening}{{}}{member.behind}{behind}", member.column)


def text_expr(column: pl.Expr) -> pl.Expr:
    """Return the JSON of texts, null where there is none."""
    # Hardly any text needs it, and what costs is the looking up.
    special = pl.when(column.str.contains(SPECIAL)).then(column)
    return pl.concat_str(pl.lit('"'), pl.coalesce(_escaped(special), column), pl.lit('"'))


def object_expr(members: Mapping[str, pl.Expr]) -> pl.Expr:
    """Return the JSON objects of columns of JSON, by key; a null is left out."""
    pairs = [pl.concat_str(pl.lit(f"{constant(name)}:"), members[name]) for name in sorted(members)]
    return _enclosed("{", pairs, "}")


def list_expr(items: Iterable[pl.Expr]) -> pl.Expr:
    """Return the JSON lists of columns of JSON; a null is left out, and a list of nothing is null."""
    columns = [*items]
    return pl.when(pl.any_horizontal(item.is_not_null() for item in columns)).then(_enclosed("[", columns, "]"))


def _enclosed(opening: str, parts: Iterable[pl.Expr], closing: str) -> pl.Expr:
    joined_parts = pl.concat_str(*parts, separator=",", ignore_nulls=True)
    return pl.concat_str(pl.lit(opening), joined_parts, pl.lit(closing))


def _escaped(column: pl.Expr) -> pl.Expr:
    return column.str.replace_many([*_ESCAPED], [*_ESCAPED.values()])
