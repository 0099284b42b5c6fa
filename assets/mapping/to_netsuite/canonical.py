"""Canonical JSON, column by column: keys sorted, no white space, nothing that is null, text as it is.

It equals `json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)`. An object is not joined level
by level but given as pieces, so that the text of a whole record is put together once.
"""

import json
from collections.abc import Mapping, Sequence
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
    escaped = altered(
        column, pl.col(HAS_SPECIAL), lambda some: some.str.replace_many([*_ESCAPED], [*_ESCAPED.values()])
    )
    return Member('"', escaped, '"')


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
