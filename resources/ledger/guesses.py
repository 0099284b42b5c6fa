"""Guesses that were planned: customers whose record several others could be as well, or is doubted.

Once a guess is written it looks like any other link, so that only this memory keeps it in the review. What a person
decides, and what the customers themselves come to settle, is a guess no more.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import polars as pl
from sqlalchemy import bindparam, delete, insert, select

from resources.ledger.store import Ledger
from resources.ledger.tables import GUESS
from schemas.words import DeclaredAccounts

PAIR: Final = ("stripe_customer_id", "netsuite_internal_id")
GUESSES: Final[dict[str, pl.DataType]] = {PAIR[0]: pl.String(), PAIR[1]: pl.Int64(), "why": pl.String()}
"""The columns of a frame of guesses."""

_FORGET: Final = delete(GUESS).where(
    GUESS.c.declaration == bindparam("of"), *(GUESS.c[name] == bindparam(f"the_{name}") for name in PAIR)
)


@dataclass(frozen=True)
class Guesses:
    """The guesses of one declaration with its accounts."""

    ledger: Ledger
    declaration: DeclaredAccounts

    def known(self) -> pl.DataFrame:
        """Those that were planned and that nothing has settled: `GUESSES`, one row a pair."""
        query = select(*(GUESS.c[name] for name in GUESSES)).where(GUESS.c.declaration == self.declaration)
        with self.ledger.engine.connect() as connection:
            rows = [tuple(row) for row in connection.execute(query.order_by(*(GUESS.c[name] for name in PAIR)))]
        return pl.DataFrame(rows, schema=GUESSES, orient="row")

    def remember(self, planned: pl.DataFrame, settled: pl.DataFrame, plan: str) -> None:
        """Keep the guesses that a plan has, and forget the pairs that are none any more.

        Args:
            planned: `GUESSES`.
            settled: pairs, of which only those that are known matter.
            plan: the hash of the plan.
        """
        known, now = self.known(), datetime.now(UTC)
        new = planned.join(known, on=PAIR, how="anti").unique(PAIR, keep="first", maintain_order=True)
        over = known.join(settled, on=PAIR, how="semi")
        of_plan = {"declaration": self.declaration, "plan": plan, "guessed_at": now}
        added = [{**row, **of_plan} for row in new.select(*GUESSES).iter_rows(named=True)]
        removed = [{f"the_{name}": row[name] for name in PAIR} | {"of": self.declaration} for row in over.to_dicts()]
        with self.ledger.engine.begin() as connection:
            if removed:
                connection.execute(_FORGET, removed)
            if added:
                connection.execute(insert(GUESS), added)
