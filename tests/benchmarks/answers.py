"""What the contenders answered, in one form: they are compared on small worlds before anything is measured.

Columns `stripe_customer_id`, `outcome`, `netsuite_internal_id` and `candidates`, sorted by customer. The peers make
their keys by `lower`, so they are compared on ASCII only.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from tests.assets.matching.oracle import verdicts
from tests.benchmarks.contenders import CONTENDERS, as_oracle_world, write_keys
from tests.benchmarks.world import write_world

_SCHEMA = pl.Schema(
    {
        "stripe_customer_id": pl.String(),
        "outcome": pl.String(),
        "netsuite_internal_id": pl.Int64(),
        "candidates": pl.UInt32(),
    }
)

_OF_THE_ORACLE, _OF_EACH_OTHER = 400, 20_000
"""Rows of the worlds; the oracle looks through all records for each customer."""


def check_answers(names: list[str]) -> None:
    """Raise AssertionError unless all contenders say what the oracle says, ours in every column."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        for script in ("mixed", "ascii"):
            write_world(folder, _OF_THE_ORACLE, script)
            truth = pl.DataFrame(list(map(vars, verdicts(as_oracle_world(folder)))))
            ours = _frame(CONTENDERS["ours"](folder)()).sort("stripe_customer_id")
            assert ours.to_dicts() == truth.to_dicts(), script
        _check_all(names, folder, truth.select(*_SCHEMA).cast(_SCHEMA))
        write_world(folder, _OF_EACH_OTHER, "ascii")
        _check_all(names, folder, _answer("ours", folder))


def _check_all(names: list[str], folder: Path, truth: pl.DataFrame) -> None:
    write_keys(folder)
    for name in {*names} - {"floor", "six rules"}:
        assert _answer(name, folder).equals(truth), name


def _answer(name: str, folder: Path) -> pl.DataFrame:
    frame = _frame(CONTENDERS[name](folder)())
    if name == "splink":
        frame = _of_pairs(frame, pl.read_parquet(folder / "stripe.parquet"))
    return frame.select(*_SCHEMA).cast(_SCHEMA).sort("stripe_customer_id")


def _frame(result: Any) -> pl.DataFrame:  # noqa: ANN401 - pandas is no dependency of the tests
    if isinstance(result, pl.DataFrame):
        return result
    return pl.DataFrame(result.to_dict("list"), strict=False).fill_nan(None)


def _of_pairs(pairs: pl.DataFrame, stripe: pl.DataFrame) -> pl.DataFrame:
    """Read an answer out of Splink's pairs, each under the number of the first rule that finds it."""
    rule = pl.col("match_key").cast(pl.Int64)
    # The first three rules are the links that exist; they count together.
    found = pairs.select(id="unique_id_l", record=pl.col("unique_id_r").cast(pl.Int64), rule=rule.clip(2))
    by_metadata = pairs.filter(rule == 0).select(id="unique_id_l")
    broken = stripe.drop_nulls("metadata.netsuite_customer_id").join(by_metadata, on="id", how="anti")
    first = found.filter(pl.col("rule") == pl.col("rule").min().over("id"))
    groups = first.group_by("id").agg(
        pl.col("rule").first(), pl.col("record").min(), candidates=pl.col("record").n_unique()
    )
    is_broken = pl.col("id").is_in(broken.get_column("id").implode())
    is_link, is_several = pl.col("rule") <= 3, pl.col("candidates") > 1
    outcome = (
        pl.when(is_broken).then(pl.lit("broken"))
        .when((pl.col("rule") == 2) & is_several).then(pl.lit("conflict"))
        .when(is_several).then(pl.lit("ambiguous"))
        .when(is_link).then(pl.lit("linked"))
        .when(pl.col("rule").is_null()).then(pl.lit("unmatched"))
        .otherwise(pl.lit("matched"))
    )  # fmt: skip
    said = stripe.select("id").join(groups, on="id", how="left").with_columns(outcome=outcome)
    has_record = ~pl.col("outcome").is_in(["broken", "conflict", "unmatched"])
    return said.select(
        "outcome",
        stripe_customer_id="id",
        netsuite_internal_id=pl.when(has_record).then("record"),
        candidates=pl.when(pl.col("outcome") != "broken").then("candidates").fill_null(0),
    )
