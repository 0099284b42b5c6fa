"""What is known now, by which a person's decisions are checked, one or many of them (M8, X16)."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from assets.matching.id_texts import cleaned, one_id
from assets.planning.decision_cells import Row
from assets.planning.decision_rows import Picture
from assets.planning.review_queue import in_words
from assets.reconciliation import Reconciliation
from resources.exports.decisions import CUSTOMER
from resources.ledger import Decisions
from schemas.errors import UserError
from schemas.link_fields import LINK_FIELDS, fields_of
from schemas.words import GONE

_BY_LINK: Final = [field.evidence for field in LINK_FIELDS]
_OF_A_NEW_RECORD: Final = [field.name for field in fields_of("netsuite", "value")]
_STANDING: Final = (CUSTOMER, "kind", "netsuite_internal_id")


def picture_of(
    sync: Reconciliation, rows: Sequence[Row], *, shows_decided: bool, is_typed: bool = False
) -> tuple[int, Picture]:
    """What is known now of everybody whom rows decide about, and of the records that they name.

    Args:
        sync: of the declaration.
        rows: what is to be decided.
        shows_decided: whether they show what was decided before.
        is_typed: whether a person typed them, so that no spreadsheet has rewritten them.

    Returns:
        `Decisions.number_of_last`, and the picture.

    Raises:
        UserError: nothing was read yet.
    """
    months = sync.month_keys()
    if not sync.frames.months_present("stripe_customers", months) or not sync.frames.files("netsuite_customers"):
        raise UserError(f"No customers were read yet, so that nothing can be checked: make run NAME={sync.name} first.")
    asked = [row.customer.lstrip("0") for row in rows]
    named = [number for row in rows if (number := row.number_meant)]
    without_zeros, is_named = pl.col("id").str.strip_chars_start("0"), pl.col("internal_id").is_in(named)
    ids = sync.frames.read_months("stripe_customers", months).select("id")
    known = ids.filter(without_zeros.is_in(asked)).collect()
    records = sync.frames.read("netsuite_customers").filter(is_named).select("internal_id", "is_customer").collect()
    gone = pl.Series(CUSTOMER, [], pl.String)
    if sync.frames.files("review_queue"):
        gone = sync.frames.read("review_queue").filter(pl.col("outcome") == GONE).collect().get_column(CUSTOMER)
    linked = pl.DataFrame(schema=dict.fromkeys((CUSTOMER, "outcome"), pl.String))
    asks_for_new = [row.customer for row in rows if row.word == "create"]
    if asks_for_new and sync.frames.files("customer_matches"):
        by_link = pl.col("outcome").is_in(["linked", "broken", "conflict"]) & pl.col("evidence").is_in(_BY_LINK)
        asked_for = pl.col(CUSTOMER).is_in(asks_for_new)
        linked = sync.frames.read("customer_matches").filter(by_link & asked_for).select(linked.columns).collect()
    held = _holding(sync, asks_for_new) if asks_for_new else {}
    with sync.ledger() as ledger:
        decisions = Decisions(ledger, sync.name)
        seen, standing = decisions.number_of_last(), decisions.standing()
    words = in_words(standing.lazy()).collect()
    return seen, Picture(
        customers=frozenset(known.to_series()),
        gone=frozenset(gone),
        records=dict(records.iter_rows()),
        standing={who: (kind, record) for who, kind, record in standing.select(*_STANDING).iter_rows()},
        in_words=dict(words.iter_rows()),
        shows_decided=shows_decided,
        is_typed=is_typed,
        makes_records=sync.declaration.on_none == "create",
        linked=dict(linked.iter_rows()),
        held=held,
    )


def _holding(sync: Reconciliation, customers: Sequence[str]) -> dict[str, int]:
    """Whose id a record of any kind holds, and which: NetSuite takes no second one with it."""
    records = sync.frames.read("netsuite_customers")
    fields = [pl.coalesce(one_id(text), cleaned(text)) for text in map(pl.col, _OF_A_NEW_RECORD)]
    named = records.select("internal_id", pl.concat_list(fields).alias(CUSTOMER)).explode(CUSTOMER)
    found = named.filter(pl.col(CUSTOMER).is_in(customers)).sort("internal_id", descending=True).collect()
    return dict(found.select(CUSTOMER, "internal_id").iter_rows())
