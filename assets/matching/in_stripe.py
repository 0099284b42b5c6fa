"""The other way round: for each NetSuite customer without a Stripe customer, which one of Stripe's is it (P2).

What matching said of Stripe's customers comes first and stands: whoever has a record there is nobody else's, and a
record that has a Stripe customer keeps it (M10, P3). Only what that left is looked at here, by equal keys of one field,
over both extracts whole, so that no call is made per row.
"""

from collections.abc import Iterator
from typing import Final

import polars as pl

from assets.keys import key_expr
from assets.matching.global_customer import stands_for_all, without_global
from assets.matching.id_texts import one_id
from assets.matching.other_accounts import SHARED_FIELD, of_other_accounts
from assets.matching.said_of_records import NO_TEXT, grouped, of_group, said
from assets.matching.to_stripe_settings import ToStripeSettings
from assets.no_values import is_no_value, is_placeholder
from schemas.link_fields import fields_of
from schemas.words import CANDIDATES_SHOWN, GLOBAL_NAME, GUEST_PREFIX, STRIPES_OWN

_ID: Final = "netsuite_internal_id"
_OWNER: Final = next(field.name for field in fields_of("netsuite") if field.names_owner)
_STANDING: Final = pl.col("netsuite_internal_id").is_not_null()
_OF_FOUND: Final = ("outcome", _ID, "evidence")
_COLUMNS: Final = {
    _ID: pl.Int64(),
    "outcome": pl.String(),
    "stripe_customer_id": pl.String(),
    "evidence": pl.String(),
    "candidates": pl.UInt32(),
    "candidate_ids": pl.String(),
    "reason": pl.String(),
}


def find_in_stripe(
    rows: pl.LazyFrame, netsuite: pl.LazyFrame, stripe: pl.LazyFrame, matches: pl.LazyFrame, settings: ToStripeSettings
) -> pl.LazyFrame:
    """Return the outcome of every row of the search for this direction.

    Args:
        rows: `schemas.stripe_matches.NetsuiteParameters`.
        netsuite: `schemas.customers.NetsuiteCustomers`: who has a Stripe id, and who counts.
        stripe: `schemas.customers.StripeCustomers`, with the column of the sync field.
        matches: `schemas.matches.Matches`.
        settings: what the declaration says.

    Returns:
        `schemas.stripe_matches.StripeMatches`.
    """
    world = _World(rows, netsuite, stripe, matches, settings)
    found: list[pl.DataFrame] = []
    still = world.rows
    for step in (world.held, world.linked, world.contested, world.named_elsewhere, world.without_value, world.found):
        decided = step(still).select(pl.col(name).cast(kind) for name, kind in _COLUMNS.items()).collect()
        found.append(decided)
        still = still.join(decided.lazy(), on=_ID, how="anti")
    return world.contested_late(pl.concat(found)).sort(_ID).lazy()


class _World:
    """Both sides, what matching said, and the steps in which the rows are decided; each returns those it decides."""

    def __init__(
        self,
        rows: pl.LazyFrame,
        netsuite: pl.LazyFrame,
        stripe: pl.LazyFrame,
        matches: pl.LazyFrame,
        settings: ToStripeSettings,
    ) -> None:
        self.settings = settings
        has_subsidiary = "subsidiary" in netsuite.collect_schema().names()
        subsidiary = pl.col("subsidiary") if has_subsidiary else pl.lit(None, pl.String)
        known = netsuite.select(
            pl.col("internal_id").alias(_ID),
            "is_customer",
            "inactive",
            _OWNER,
            SHARED_FIELD,
            subsidiary=key_expr(subsidiary),
            is_for_all=stands_for_all(netsuite.collect_schema().names()),
        )
        mine = rows.select(pl.col("internal_id").alias(_ID), value=pl.col(settings.sync_path).cast(pl.String))
        self.rows = mine.join(known, on=_ID, how="left").collect().lazy()
        self.matches = without_global(matches).collect().lazy()
        mine = stripe.select(stripe_customer_id="id", key=self._key(pl.col(settings.sync_path)), created="created")
        self.customers = mine.join(self.matches, on="stripe_customer_id", how="left").collect().lazy()

    def _key(self, column: pl.Expr) -> pl.Expr:
        found = key_expr(column.cast(pl.String))
        return pl.when(~is_no_value(found, self.settings.no_key)).then(found)

    def held(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """Rows that are none of the customers that go to Stripe."""
        subsidiaries = pl.Series(sorted(self.settings.subsidiaries), dtype=pl.String)
        is_elsewhere = ~pl.col("subsidiary").is_in(subsidiaries.implode()).fill_null(value=False)
        is_idle = pl.lit(value=False) if self.settings.match_inactive else pl.col("inactive")
        why = (
            pl.when(pl.col("is_customer").is_null())
            .then(
                pl.lit("the search of all customers (netsuite.mass_search) has no such row: whose it is cannot be seen")
            )
            .when(~pl.col("is_customer"))
            .then(pl.lit("a lead or prospect, and no customer"))
            .when("is_for_all")
            .then(pl.lit(f"{GLOBAL_NAME}: it stands for all customers without a record"))
            .when(is_idle)
            .then(pl.lit("inactive (match_inactive)"))
            .when(is_elsewhere if len(subsidiaries) else pl.lit(value=False))
            .then(pl.lit("of another subsidiary (to_stripe.subsidiaries)"))
        )
        return said(rows.with_columns(reason=why).drop_nulls("reason"), "held")

    def linked(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """Records that have a Stripe customer: their links say so, or the other direction has just found it."""
        theirs = self.customers.filter(_STANDING & pl.col("outcome").is_not_null())
        is_own = pl.col("stripe_customer_id") == one_id(pl.col(_OWNER))
        pairs = rows.join(theirs.select("stripe_customer_id", "created", _ID, "evidence"), on=_ID)
        first = pairs.sort(
            is_own.fill_null(value=False), "created", "stripe_customer_id", descending=[True, False, False]
        )
        kept = first.unique(_ID, keep="first", maintain_order=True)
        how = pl.format("{} is its customer, by {}", "stripe_customer_id", "evidence")
        return said(kept.with_columns(reason=how, candidates=1), "linked")

    def named_elsewhere(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """Records whose own field holds an id all the same: it stays, whatever it means (M10)."""
        text = pl.col(_OWNER).str.strip_chars()
        is_filled = text.str.len_bytes() > 0
        filled = rows.filter(is_filled & ~is_placeholder(key_expr(text), self.settings.no_value).fill_null(value=False))
        there = self.customers.select("stripe_customer_id", state="outcome")
        known = filled.with_columns(stripe_customer_id=one_id(pl.col(_OWNER))).join(
            there, on="stripe_customer_id", how="left"
        )
        is_own = pl.col("stripe_customer_id").str.starts_with(STRIPES_OWN).fill_null(value=False)
        why = (
            pl.when(pl.col("state").is_not_null())
            .then(pl.format("its Stripe-id field names {}, which is {}: look there", "stripe_customer_id", "state"))
            .when(is_own)
            .then(pl.format("its Stripe-id field names {}, and Stripe has no such customer", "stripe_customer_id"))
            .otherwise(pl.lit("what its Stripe-id field holds is not the id of a Stripe customer (cus_…)"))
        )
        outcome = pl.when(pl.col("state").is_not_null()).then(pl.lit("conflict")).otherwise(pl.lit("broken"))
        found = known.with_columns(reason=why, outcome=outcome, evidence=pl.lit("stripe_id"))
        return said(found.with_columns(stripe_customer_id=pl.lit(None, pl.String)))

    def contested(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """Records that a Stripe customer may be, of which nobody knows yet: they wait for the decision there."""
        waiting = self.matches.filter(~_STANDING & pl.col("outcome").is_in(["ambiguous", "conflict"]))
        return self._may_be(waiting, rows)

    def contested_late(self, found: pl.DataFrame) -> pl.DataFrame:
        """Let wait, too, who was not found, while an undecided customer may be its by anything but the sync field."""
        is_open = ~_STANDING & pl.col("outcome").is_in(["unmatched", "held", "broken"])
        matched = found.lazy().select("stripe_customer_id").drop_nulls()
        named = self.matches.filter(is_open).join(matched, on="stripe_customer_id", how="anti")
        alone = found.lazy().filter(pl.col("outcome") == "unmatched").select(_ID)
        waiting = self._may_be(named, alone).collect()
        return pl.concat([found.join(waiting, on=_ID, how="anti"), waiting.select(found.columns).cast(found.schema)])

    @staticmethod
    def _may_be(named: pl.LazyFrame, rows: pl.LazyFrame) -> pl.LazyFrame:
        """Records that are candidates of some customers, of whom nobody knows yet: they wait for the decision there."""
        listed = named.select("stripe_customer_id", "outcome", pl.col("candidate_ids").str.split(" ").alias(_ID))
        pairs = listed.explode(_ID).with_columns(pl.col(_ID).cast(pl.Int64, strict=False)).drop_nulls(_ID)
        found = rows.join(pairs.select(_ID, "stripe_customer_id", state="outcome"), on=_ID)
        why = grouped(found).with_columns(reason=pl.format("{}, which is undecided, may be its customer", "first"))
        return said(why, "conflict")

    def without_value(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """Records that cannot be looked for, and are not made: they would be made again and again."""
        none = rows.filter(self._key(pl.col("value")).is_null())
        why = f"no value in {self.settings.sync_path}: link it by another rule, or by a decision (P4)"
        return said(none.with_columns(reason=pl.lit(why)), "unmatched")

    def found(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """The rest, looked for by key."""
        keyed = rows.with_columns(key=self._key(pl.col("value")))
        crowd = keyed.group_by("key").agg(sharing=pl.len(), shared=pl.col(_ID).sort().head(CANDIDATES_SHOWN))
        mine = keyed.join(crowd, on="key").collect().lazy()
        never = pl.col("outcome").is_in(["held", "unmatched"]) & (pl.col("evidence") == "override")
        known = self.customers.drop_nulls("key").filter(
            ~never.fill_null(value=False) & ~pl.col("stripe_customer_id").str.starts_with(GUEST_PREFIX)
        )
        named = known.rename({_ID: "of_record"}).select(
            "stripe_customer_id", "created", "key", "of_record", state="outcome"
        )
        pairs = mine.select(_ID, "key").join(named, on="key")
        is_free = (pl.col("state") == "unmatched") | pl.col("state").is_null()
        is_taken = pl.col("of_record").is_not_null()
        groups = {
            "free": grouped(pairs.filter(is_free & ~is_taken)),
            "stuck": grouped(pairs.filter(~is_free & ~is_taken)),
            "taken": grouped(pairs.filter(is_taken)),
        }
        for name, group in groups.items():
            mine = mine.join(
                group.select(_ID, pl.struct("candidates", "candidate_ids", "first").alias(name)), on=_ID, how="left"
            )
        return said(pl.concat(list(self._looked_for(mine)), how="diagonal"))

    def _looked_for(self, rows: pl.LazyFrame) -> Iterator[pl.LazyFrame]:
        path = self.settings.sync_path
        free, stuck, taken = (
            pl.col(name).struct.field("candidates").fill_null(0) for name in ("free", "stuck", "taken")
        )
        is_shared = pl.col("sharing") > 1
        evidence = pl.lit(f"{path} = {path}, from NetSuite")
        by_key = {"evidence": evidence, "candidates": free, "candidate_ids": of_group("free", "candidate_ids")}
        others = pl.col("shared").cast(pl.List(pl.String)).list.join(", ")
        is_shared &= (free > 0) | pl.lit(value=not self.settings.makes_shared)
        shares = pl.format("{} records without a Stripe customer share its {}: {}", "sharing", pl.lit(path), others)
        yield rows.filter(is_shared).with_columns(outcome=pl.lit("conflict"), reason=shares, **by_key)
        alone = rows.filter(~is_shared)
        yield alone.filter(stuck > 0).with_columns(
            outcome=pl.lit("conflict"),
            evidence=evidence,
            candidates=stuck,
            candidate_ids=of_group("stuck", "candidate_ids"),
            reason=pl.format(
                "{} has its {}, and waits for a decision itself, or is held", of_group("stuck", "first"), pl.lit(path)
            ),
        )
        clear = alone.filter(stuck == 0)
        yield clear.filter(free == 1).with_columns(
            outcome=pl.lit("matched"),
            stripe_customer_id=of_group("free", "first"),
            reason=evidence + ": equal",
            **by_key,
        )
        several = pl.format("{} Stripe customers have its {}", free, pl.lit(path))
        use, then = (
            (of_group("free", "first"), "the oldest is used") if self.settings.uses_first else (NO_TEXT, "none is used")
        )
        yield clear.filter(free > 1).with_columns(
            outcome=pl.lit("matched" if self.settings.uses_first else "ambiguous"),
            stripe_customer_id=use,
            reason=several + f"; {then}",
            **by_key,
        )
        nobody = clear.filter(free == 0)
        if not self.settings.makes_shared:  # the only one there is was claimed, and nobody is claimed twice
            belongs = pl.format(
                "{}, which has its {}, is another record's customer", of_group("taken", "first"), pl.lit(path)
            )
            of_others = {"candidates": taken, "candidate_ids": of_group("taken", "candidate_ids"), "reason": belongs}
            yield nobody.filter(taken > 0).with_columns(outcome=pl.lit("conflict"), evidence=evidence, **of_others)
            nobody = nobody.filter(taken == 0)
            if self.settings.creates:
                elsewhere = of_other_accounts(nobody, self.customers)
                yield elsewhere
                nobody = nobody.join(elsewhere, on=_ID, how="anti")
        yield nobody.with_columns(outcome=pl.lit("unmatched"), reason=pl.lit(f"no Stripe customer has its {path}"))
