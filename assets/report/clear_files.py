"""The files by which a person takes our traces out of NetSuite where somebody decided otherwise: pure, from the plan.

They are imported with *Overwrite Missing Fields* on, under which a blank cell empties its field. So a file has only
fields that some record clears, and of the other records what these hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from assets.planning.taken_back import rests
from assets.report.import_files import (
    CLEAR_COMMENTS_FILE,
    CLEAR_FILE,
    SUBSIDIARY,
    changes_of_field,
    full_texts,
)
from resources.storage.result_files import ResultFiles
from schemas.link_fields import fields_of, in_plan_order

_KEY: Final = "netsuite_internal_id"
_VALUES: Final = in_plan_order(fields_of("netsuite", "value"))
_TEXTS: Final = in_plan_order(fields_of("netsuite", "words"))


@dataclass(frozen=True)
class ClearFiles:
    """What is to be cleared.

    Attributes:
        values: of `clear_import`.
        comments: of `clear_comments_import`.
    """

    values: pl.DataFrame
    comments: pl.DataFrame

    @classmethod
    def of(cls, plan: pl.DataFrame, netsuite: pl.LazyFrame, labels: Mapping[str, str]) -> "ClearFiles":
        """From a plan; arguments as for `clear_import`."""
        return cls(clear_import(plan, netsuite, labels), clear_comments_import(plan, netsuite, labels))

    def add_to(self, files: ResultFiles, *, with_comments: bool) -> None:
        """Add the files that have something to clear; comments only from a picture that is young enough."""
        if self.values.height:
            files.for_import(CLEAR_FILE, self.values)
        if self.comments.height and with_comments:
            files.for_import(CLEAR_COMMENTS_FILE, self.comments)


def clear_import(plan: pl.DataFrame, netsuite: pl.LazyFrame, labels: Mapping[str, str]) -> pl.DataFrame:
    """One row per record of which a field is cleared: its internal id, and a blank cell for each such field.

    Args:
        plan: `schemas.plan.Plan`.
        netsuite: `schemas.customers.NetsuiteCustomers`, with `subsidiary` where that is mapped.
        labels: our name → the account's own label of the column.

    Returns:
        String columns under the account's labels, ordered by internal id.
    """
    clears = plan.filter((pl.col("action") == "clear") & (pl.col("system") == "netsuite"))
    names = [field.name for field in _VALUES if field.name in clears.get_column("field")]
    cleared = clears.group_by(internal_id=_KEY).agg(cleared="field")
    records = netsuite.join(cleared.lazy(), on="internal_id").sort("internal_id").collect()
    kept = [pl.when(~pl.col("cleared").list.contains(name)).then(name).alias(name) for name in names]
    return _labelled(records.with_columns(kept), names, labels)


def clear_comments_import(plan: pl.DataFrame, netsuite: pl.LazyFrame, labels: Mapping[str, str]) -> pl.DataFrame:
    """One row per record from whose comments an id is taken: its internal id, and the whole text that is left.

    Arguments and result as for `clear_import`.
    """
    removals = plan.filter(pl.col("action") == "remove")
    named = netsuite.join(removals.lazy(), left_on="internal_id", right_on=_KEY, how="semi")
    records = named.sort("internal_id").collect()
    names = []
    for field in _TEXTS:
        mine = removals.filter(pl.col("field") == field.name).rename({"old_value": "held", "new_value": "value"})
        if mine.height:
            names.append(field.name)
            appended = full_texts(changes_of_field(field, plan.lazy())).collect()
            left = rests(mine).join(appended, on=_KEY, how="left")
            text = left.select(internal_id=_KEY, text=pl.coalesce("new_value", "rest"), is_left=pl.lit(value=True))
            there = records.join(text, on="internal_id", how="left", maintain_order="left")
            new = pl.when(pl.col("is_left").is_null()).then(field.name).otherwise("text")
            records = there.with_columns(new.alias(field.name)).drop("text", "is_left")
    return _labelled(records, names, labels)


def _labelled(records: pl.DataFrame, names: list[str], labels: Mapping[str, str]) -> pl.DataFrame:
    carried = [SUBSIDIARY] if SUBSIDIARY in labels else []
    return records.select(
        pl.col("internal_id").cast(pl.String).alias(labels["internal_id"]),
        *(pl.col(name).alias(labels[name]) for name in [*carried, *names]),
    )
