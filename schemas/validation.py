"""Holding a frame against its model, and saying what is wrong with it in counts and ids.

Pandera looks at nothing but the schema of a `LazyFrame`, and says so nowhere; so only a `DataFrame` is taken here. Its
own report lists cell values and, of a repeated id, every row; here it is grouped first.
"""

import importlib
import sys
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import cast

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from schemas.repeated import are_distinct

_IDS_SHOWN = 20


@dataclass(frozen=True)
class Violation:
    """One rule of one column that some rows break."""

    column: str
    rule: str
    count: int
    ids: list[str]


def violations(model: type[pa.DataFrameModel], frame: pl.DataFrame, id_column: str) -> list[Violation]:
    """Everything in a frame that breaks its model, grouped by column and rule, most rows first.

    Returns:
        An empty list for a frame that holds. `ids` are at most 20 values of `id_column`, never another cell's value.
    """
    _made_ready()
    is_proved = are_distinct(frame.get_column(id_column)) if id_column in frame.columns else False
    try:
        (_but_unique(model, id_column) if is_proved else model.to_schema()).validate(frame, lazy=True)
    except SchemaErrors as error:
        return _grouped(error.failure_cases, frame, id_column)
    return []


def violations_in(model: type[pa.DataFrameModel], blocks: Iterable[pl.DataFrame], id_column: str) -> list[Violation]:
    """Everything in the blocks of a frame that breaks its model, as of the whole; ids are looked at block by block."""
    found: dict[tuple[str, str], Violation] = {}
    for block in blocks:
        for new in violations(model, block, id_column):
            old = found.get((new.column, new.rule), Violation(new.column, new.rule, 0, []))
            ids = (old.ids + new.ids)[:_IDS_SHOWN]
            found[new.column, new.rule] = Violation(new.column, new.rule, old.count + new.count, ids)
    return sorted(found.values(), key=lambda each: (-each.count, each.column, each.rule))


@cache
def _made_ready() -> None:
    """Load what Pandera makes up frames with, but not Hypothesis, which it takes along where that is installed.

    Nothing is made up here, and it takes time and memory.
    """
    absent = cast("ModuleType", None)  # what Python raises ImportError for
    before = sys.modules.setdefault("hypothesis", absent)
    try:
        importlib.import_module("pandera.strategies.base_strategies")
    finally:
        if before is absent:
            del sys.modules["hypothesis"]


@cache
def _but_unique(model: type[pa.DataFrameModel], column: str) -> pa.DataFrameSchema:
    """The schema of a model without the rule that costs most."""
    schema = deepcopy(model.to_schema())
    schema.columns[column].unique = False
    return schema


def _grouped(cases: pl.DataFrame, frame: pl.DataFrame, id_column: str) -> list[Violation]:
    groups = cases.group_by("column", "check").agg(
        pl.len().alias("count"), pl.col("index").drop_nulls().head(_IDS_SHOWN)
    )
    ids = frame.get_column(id_column) if id_column in frame.columns else None
    return [
        Violation(column, check, count, [] if ids is None else ids.gather(index).cast(pl.String).to_list())
        for column, check, count, index in groups.sort(
            "count", "column", "check", descending=[True, False, False]
        ).rows()
    ]
