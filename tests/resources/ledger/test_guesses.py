"""Guesses are remembered once a pair, until something has settled them; each declaration has its own."""

import polars as pl

from resources.ledger import GUESSES, PAIR, Guesses, Ledger
from schemas.words import DeclaredAccounts
from tests.resources.ledger.ledgers import ACME, PLAN


def frame(*rows: tuple[str, int, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=GUESSES, orient="row")


NONE = frame().select(*PAIR)


def test_a_guess_is_kept_as_it_was_first_until_it_is_settled(opened: Ledger) -> None:
    ours, theirs = Guesses(opened, ACME), Guesses(opened, DeclaredAccounts("other"))
    theirs.remember(frame(("cus_1", 1, "theirs")), NONE, PLAN)
    ours.remember(frame(("cus_2", 2, "two\0"), ("cus_1", 1, "first")), NONE, PLAN)
    ours.remember(frame(("cus_1", 1, "again"), ("cus_1", 9, "moved")), NONE, "b" * 64)
    assert ours.known().equals(frame(("cus_1", 1, "first"), ("cus_1", 9, "moved"), ("cus_2", 2, "two\0")))
    ours.remember(frame(), frame(("cus_1", 1, ""), ("cus_5", 5, "")).select(*PAIR), PLAN)
    assert ours.known().equals(frame(("cus_1", 9, "moved"), ("cus_2", 2, "two\0")))
    assert theirs.known().equals(frame(("cus_1", 1, "theirs")))
