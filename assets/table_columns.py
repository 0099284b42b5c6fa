"""The columns of a table for Dagster's catalog, from the pandera model, the only place where they are described."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Final

import dagster as dg
import pandera.polars as pa

_LONGEST_RULE: Final = 200


def table_columns(model: type[pa.DataFrameModel], further: Iterable[str] = ()) -> dict[str, dg.TableSchema]:
    """What an asset says of its columns, as its metadata.

    Args:
        model: what its frame is held against.
        further: columns that a declaration adds to it, all of them text.
    """
    return {"dagster/column_schema": _schema(model, tuple(further))}


@cache
def _schema(model: type[pa.DataFrameModel], added: tuple[str, ...]) -> dg.TableSchema:
    """Made once: most declarations have the same columns."""
    schema = model.to_schema()
    patterns = [name for name, column in schema.columns.items() if column.regex]
    columns = [_column(name, column) for name, column in schema.columns.items() if name not in patterns]
    for name in dict.fromkeys(added):
        if name not in schema.columns:
            of = next((schema.columns[each] for each in patterns if re.match(each, name)), pa.Column(nullable=True))
            columns.append(_column(name, of, "String"))
    return dg.TableSchema(columns)


def _column(name: str, column: pa.Column, kind: str = "") -> dg.TableColumn:
    rules = [str(check.error) for check in column.checks if check.error and len(str(check.error)) <= _LONGEST_RULE]
    described = " ".join(filter(None, (column.description, None if column.required else "(may be absent)")))
    return dg.TableColumn(
        name,
        kind or _KINDS.sub("", str(column.dtype)),
        described or None,
        dg.TableColumnConstraints(nullable=column.nullable, unique=column.unique, other=rules),
    )


_KINDS: Final = re.compile(r"\(.*\)$")
"""What a type says in parentheses, such as the unit of a time."""
