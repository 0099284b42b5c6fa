"""The columns of an asset as Dagster shows them: those of its model, and those that a declaration adds."""

import dagster as dg
import pandera.polars as pa
import polars as pl

from assets.table_columns import table_columns


class Model(pa.DataFrameModel):
    id: str = pa.Field(unique=True, str_length={"min_value": 1})
    at: pl.Datetime = pa.Field(nullable=True, description="when")
    kind: str | None = pa.Field(isin=("a", "b"))
    metadata: str = pa.Field(alias=r"^metadata\..+$", regex=True, nullable=True)


def columns(*further: str) -> list[dg.TableColumn]:
    return list(table_columns(Model, further)["dagster/column_schema"].columns)


def test_every_column_has_its_type_its_rules_and_its_words() -> None:
    assert [(column.name, column.type, column.description) for column in columns()] == [
        ("id", "String", None),
        ("at", "Datetime", "when"),
        ("kind", "String", "(may be absent)"),
    ]
    first, second, third = (column.constraints for column in columns())
    assert (first.nullable, first.unique, first.other) == (False, True, ["str_length(1, None)"])
    assert (second.nullable, second.unique, second.other) == (True, False, [])
    assert third.other == ["isin(('a', 'b'))"]


def test_a_column_that_a_declaration_adds_is_text_and_may_be_empty() -> None:
    added = columns("metadata.tier", "id", "region", "region")[3:]
    assert [(column.name, column.type) for column in added] == [("metadata.tier", "String"), ("region", "String")]
    assert all(column.constraints.nullable for column in added)
