"""How values are compared: the key of a value, and the number that stands for a key while keys are looked up."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from assets.keys import folded_expr
from assets.matching.comment_ids import Hash


@dataclass(frozen=True)
class Comparison:
    """Replaced only by tests and benchmarks: bad hashes, keys made beforehand."""

    key: Callable[[pl.Expr], pl.Expr] = folded_expr
    hash: Hash = pl.Expr.hash
