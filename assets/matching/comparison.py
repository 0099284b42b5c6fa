"""How values are compared: the key of a value, and the number that stands for a key while keys are looked up."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from assets.keys import with_keys
from assets.matching.comment_ids import Hash


@dataclass(frozen=True)
class Comparison:
    """Replaced only by tests and benchmarks: bad hashes, keys made beforehand."""

    key: Callable[[pl.LazyFrame], pl.LazyFrame] = with_keys
    hash: Hash = pl.Expr.hash
