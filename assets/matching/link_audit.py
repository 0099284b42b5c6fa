"""The link audit (X5): what the two systems say of each other today, whatever matching makes of it.

A link can be written in several places (`schemas.link_fields`). Those that hold texts are notes that older systems
leave behind too, so they never make a link crossed or doubled on their own.
"""

from collections.abc import Iterator
from typing import Final

import dagster as dg
import polars as pl

from assets.check_results import id_result
from assets.matching import are_of
from assets.matching.kept_links import links_of
from assets.reconciliation import Reconciliation, failures_for_people
from assets.steps import Step, key_of, of_frames
from schemas.link_fields import LinkField, fields_of
from schemas.repeated import may_be_among
from schemas.words import USUAL_STRIPE_ID

_TEXTS: Final = fields_of("netsuite", "words")
_STRIPE: Final = fields_of("stripe")
_NAME: Final = "link_audit"
_SUBJECT = pl.coalesce("stripe_customer_id", pl.col("netsuite_internal_id").cast(pl.String)).alias("subject")

_DESCRIPTIONS = {
    "links_one_sided": "Every link stands on both sides; a one-sided one is seen from one system only.",
    "links_crossed": "Both sides of a customer's links name each other; crossed ones name somebody else.",
    "links_dangling": "Every link names a customer that exists; a dangling one names a merged, deleted or foreign one.",
    "links_doubled": "No customer is linked to two records, and no record to two customers.",
}


def audit_links(links: pl.LazyFrame) -> dict[str, pl.LazyFrame]:
    """Sort the links that are not sound into classes; a customer can be in several.

    Args:
        links: `every_link`.

    Returns:
        Name of the class → frame with `subject` (String): a Stripe id, or an internal id where no Stripe customer is
        known.
    """
    hard = _unsound(links.filter(~are_of(_TEXTS))).collect(engine="streaming").lazy()
    real = hard.filter(pl.col("stripe_customer_id").is_not_null() & pl.col("netsuite_internal_id").is_not_null())
    on_stripe = real.filter(are_of(_STRIPE))
    on_netsuite = real.filter(~are_of(_STRIPE))
    both = ["stripe_customer_id", "netsuite_internal_id"]
    one_sided = pl.concat(
        [on_stripe.join(on_netsuite, on=both, how="anti"), on_netsuite.join(on_stripe, on=both, how="anti")]
    )
    pairs = real.select(both).unique()
    doubled = pl.any_horizontal(pl.col(column).is_duplicated() for column in both)
    # Crossed: this customer's metadata names one record, and the record's own fields name another customer.
    crossed = on_stripe.join(on_netsuite, on="netsuite_internal_id").filter(
        pl.col("stripe_customer_id") != pl.col("stripe_customer_id_right")
    )
    dangling = hard.filter(pl.col("stripe_customer_id").is_null() | pl.col("netsuite_internal_id").is_null())
    found = {
        "links_one_sided": one_sided,
        "links_crossed": crossed,
        "links_dangling": dangling,
        "links_doubled": pairs.filter(doubled),
    }
    return {name: frame.select(_SUBJECT).unique() for name, frame in found.items()}


def _unsound(links: pl.LazyFrame) -> pl.LazyFrame:
    """Leave out what is sound, nearly all: a customer and a record that name each other on both sides, and nobody else.

    Such a pair is in no class, and has nothing to do with what is. Who names several records is told by the hash of the
    id: for two that have one it is more than there are, and then they are looked at with the rest.
    """
    customer, record, on_stripe = pl.col("stripe_customer_id"), pl.col("netsuite_internal_id"), are_of(_STRIPE)
    by_record = links.group_by(record).agg(
        lowest=customer.min(),
        highest=customer.max(),
        is_known=customer.is_not_null().all(),
        is_on_both=on_stripe.any() & ~on_stripe.all(),
    )
    by_customer = links.group_by(hash=customer.hash()).agg(
        is_known=record.is_not_null().all(), lowest=record.min(), highest=record.max()
    )
    is_one = pl.col("is_known") & (pl.col("lowest") == pl.col("highest"))
    pairs = by_record.filter(is_one & pl.col("is_on_both")).select(record, hash=pl.col("lowest").hash())
    sound = pairs.join(by_customer.filter(is_one), on="hash", how="semi")
    return links.join(sound, on="netsuite_internal_id", how="anti")


def every_link(stripe: pl.LazyFrame, netsuite: pl.LazyFrame, links: pl.LazyFrame) -> pl.LazyFrame:
    """The `link_table`, and with it the external ids that have the form of a Stripe id and name no known customer.

    An external id can be anybody's own number, so only one that looks like a Stripe id is a link.
    """
    fields = [field for field in fields_of("netsuite", "value") if field.foreign_values]
    unknown = [_unknown_ids(stripe, netsuite.filter("is_customer"), field) for field in fields]
    return pl.concat([links, *unknown])


def _unknown_ids(stripe: pl.LazyFrame, records: pl.LazyFrame, field: LinkField) -> pl.LazyFrame:
    texts = records.select(text=pl.col(field.name), netsuite_internal_id="internal_id").drop_nulls("text")
    trimmed = texts.with_columns(pl.col("text").str.strip_chars())
    named = trimmed.filter(pl.col("text").str.contains(USUAL_STRIPE_ID)).collect(engine="streaming")
    known = stripe.select(text="id").filter(may_be_among(pl.col("text"), named.get_column("text")))
    unknown = named.lazy().join(known, on="text", how="anti")
    return unknown.select(
        pl.lit(None, pl.String).alias("stripe_customer_id"),
        "netsuite_internal_id",
        pl.lit(field.evidence).alias("source"),
        "text",
    )


def build_link_checks(sync: Reconciliation) -> dg.AssetChecksDefinition:
    """The link audit of one declaration, as checks of `customer_matches`."""
    key = sync.key("customer_matches")

    extracts = {name: sync.key(name) for name in ("stripe_customers", "netsuite_customers")}

    @dg.multi_asset_check(
        name=f"{sync.name}_{_NAME}",
        specs=[
            dg.AssetCheckSpec(name, asset=key, blocking=True, description=text, additional_deps=list(extracts.values()))
            for name, text in _DESCRIPTIONS.items()
        ],
        ins=sync.inputs(*extracts),
    )
    def link_audit(
        context: dg.AssetCheckExecutionContext, stripe_customers: pl.LazyFrame, netsuite_customers: pl.LazyFrame
    ) -> Iterator[dg.AssetCheckResult]:
        with failures_for_people():

            def check() -> Iterator[dg.AssetCheckResult]:
                links = every_link(stripe_customers, netsuite_customers, links_of(sync)).collect().lazy()
                subjects = links.select(_SUBJECT.n_unique()).collect().item()
                for name, found in audit_links(links).items():
                    yield id_result(key, name, found, "subject", of=subjects)

            step = Step(sync, _NAME, context.run.run_id, lambda: key_of(sync, _NAME, of_frames(sync, *extracts)))
            yield from step.checked(check)

    return link_audit
