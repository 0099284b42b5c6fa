"""From matches to changes: what has to be written where.

The only road to a write. Nothing here decides who is linked to whom, and nothing that is there is ever replaced, except
by an override.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import dagster as dg
import polars as pl

from assets.check_results import SCHEMA_CHECK, kept_if_good, schema_result
from assets.matching import link_table
from assets.reconciliation import FRAME, IO_MANAGER_KEY, Reconciliation, failures_for_people
from assets.visibility import WITHHELD_CHECK, hidden_links, withheld_result
from schemas.declaration import Declaration
from schemas.plan import Plan
from schemas.validation import violations
from schemas.words import COMMENTS_LIMIT, LINK_FIELD

_NO_WORD = r"[\s\p{Cc}\x{FEFF}]"
_MORE_THAN_A_WORD = "the Stripe id has white space or control characters in it, and comments take one word"
_NO_ROOM = f"the Stripe id does not fit into the record's comments, which hold {COMMENTS_LIMIT:,} characters"
_LINKING = ("linked", "matched", "ambiguous")


@dataclass(frozen=True)
class PlanSettings:
    """Which fields of a NetSuite record may be written, and for whom.

    Attributes:
        comments: ids may be appended to comments.
        external_id: an empty external id may be set.
        stripe_id: an empty Stripe-id field may be set.
        doubted: for pairs that are doubted, too (`on_doubt: note`).
    """

    comments: bool = True
    external_id: bool = True
    stripe_id: bool = True
    doubted: bool = True

    @classmethod
    def of(cls, declaration: Declaration) -> "PlanSettings":
        """What a declaration allows; by default, whatever it maps."""
        mapped, writes = declaration.netsuite_fields, declaration.writes
        return cls(
            comments="comments" in mapped and writes.comments is not False,
            external_id="external_id" in mapped and writes.external_id is not False,
            stripe_id="stripe_id" in mapped and writes.stripe_id is not False,
            doubted=declaration.on_doubt == "note",
        )


def plan_changes(
    stripe: pl.LazyFrame, netsuite: pl.LazyFrame, matches: pl.LazyFrame, settings: PlanSettings
) -> pl.LazyFrame:
    """Plan every change that makes the two systems agree (W1 to W7).

    Args:
        stripe: `schemas.customers.StripeCustomers`.
        netsuite: `schemas.customers.NetsuiteCustomers`.
        matches: `schemas.matches.Matches`.
        settings: which fields may be written.

    Returns:
        `schemas.plan.Plan`; empty when everything is tied out (W11).
    """
    wanted = matches if settings.doubted else matches.filter(pl.col("doubt").is_null())
    pairs = linked_pairs(stripe, netsuite, wanted).collect().lazy()
    is_oldest = pl.col("netsuite_internal_id").is_first_distinct()
    oldest = pairs.filter(is_oldest)
    customer = pl.col("stripe_customer_id")
    changes = []
    if settings.comments:
        appends = _appends(pairs, stripe, netsuite)
        changes.append(appends.filter(pl.col("obstacle").is_null()).drop("obstacle"))
    if settings.external_id:
        free = _without_external_id(oldest.filter(_is_empty("external_id")), netsuite)
        changes.append(_change(free, "netsuite", "external_id", customer))
    if settings.stripe_id:
        changes.append(_change(oldest.filter(_is_empty("stripe_id")), "netsuite", "stripe_id", customer))
    record = pl.col("netsuite_internal_id").cast(pl.String)
    replaced = (pl.col("evidence") == "override") & (pl.col(LINK_FIELD).str.strip_chars() != record)
    changes.append(_change(pairs.filter(_is_empty(LINK_FIELD) | replaced), "stripe", LINK_FIELD, record))
    return pl.concat(changes)


def left_out_of_comments(stripe: pl.LazyFrame, netsuite: pl.LazyFrame, matches: pl.LazyFrame) -> pl.LazyFrame:
    """Pairs whose Stripe id cannot be appended (W3): stripe_customer_id, netsuite_internal_id, obstacle (String)."""
    appends = _appends(linked_pairs(stripe, netsuite, matches), stripe, netsuite)
    return appends.drop_nulls("obstacle").select("stripe_customer_id", "netsuite_internal_id", "obstacle")


def linked_pairs(stripe: pl.LazyFrame, netsuite: pl.LazyFrame, matches: pl.LazyFrame) -> pl.LazyFrame:
    """Matches that have a record, with both sides' link fields, by record, and within a record the older first.

    Older is by `created` to the minute, as exports have no seconds, then by id.
    """
    has_record = pl.col("outcome").is_in(_LINKING) & pl.col("netsuite_internal_id").is_not_null()
    ours = stripe.select(pl.col("id").alias("stripe_customer_id"), pl.col("created").dt.truncate("1m"), LINK_FIELD)
    theirs = netsuite.select(
        "stripe_id", "external_id", "comments", pl.col("internal_id").alias("netsuite_internal_id")
    )
    linked = matches.filter(has_record).select("stripe_customer_id", "netsuite_internal_id", "evidence")
    pairs = linked.join(ours, on="stripe_customer_id").join(theirs, on="netsuite_internal_id").collect().lazy()
    # Only records with several customers need an order of age, and sorting by text is what costs here.
    is_shared = pl.col("netsuite_internal_id").is_duplicated()
    shared = pairs.filter(is_shared).sort("netsuite_internal_id", "created", "stripe_customer_id")
    return pairs.filter(~is_shared).sort("netsuite_internal_id").merge_sorted(shared, key="netsuite_internal_id")


def _without_external_id(pairs: pl.LazyFrame, netsuite: pl.LazyFrame) -> pl.LazyFrame:
    """Leave out the customers whose id is some row's external id already, be it a lead's.

    NetSuite refuses an external id that another entity has, whatever its case (DUP_RCRD).
    """
    some = pairs.collect()
    if some.is_empty():  # as in most runs, and the ids of a whole account need not be compared then
        return some.lazy()
    held = netsuite.select(held=pl.col("external_id").str.strip_chars().str.to_lowercase())
    as_held = pl.col("stripe_customer_id").str.strip_chars().str.to_lowercase()
    return some.lazy().join(held, left_on=as_held, right_on="held", how="anti", maintain_order="left")


def _appends(pairs: pl.LazyFrame, stripe: pl.LazyFrame, netsuite: pl.LazyFrame) -> pl.LazyFrame:
    """Ids that their record's comments do not name yet, each with its `obstacle`, null where it can be appended.

    It has to be one word, as the RESTlet takes no other, and to fit after those of older customers. Once one does not
    fit into a record, no younger one is tried.
    """
    named = link_table(stripe, netsuite).filter(pl.col("source") == "comments")
    missing = pairs.join(named, on=["stripe_customer_id", "netsuite_internal_id"], how="anti", maintain_order="left")
    is_word = ~pl.col("stripe_customer_id").str.contains(_NO_WORD)
    added = pl.when(is_word).then(pl.col("stripe_customer_id").str.len_chars().cast(pl.Int64) + 1).otherwise(0)
    # Pairs are sorted by record: what was added within one is the running total less that before its first row.
    before_record = pl.when(pl.col("netsuite_internal_id").is_first_distinct()).then(added.cum_sum() - added)
    within_record = added.cum_sum() - before_record.forward_fill()
    held = pl.col("comments").str.len_chars().cast(pl.Int64).fill_null(0)
    length = held + within_record - (held == 0).cast(pl.Int64)
    no_room = pl.when(length > COMMENTS_LIMIT).then(pl.lit(_NO_ROOM))
    appends = missing.with_columns(obstacle=pl.when(~is_word).then(pl.lit(_MORE_THAN_A_WORD)).otherwise(no_room))
    return _change(appends, "netsuite", "comments", pl.col("stripe_customer_id"), action="append", keep=["obstacle"])


def _change(
    pairs: pl.LazyFrame,
    system: str,
    field: str,
    value: pl.Expr,
    *,
    action: str = "set",
    keep: tuple[str, ...] | list[str] = (),
) -> pl.LazyFrame:
    record = pl.col("stripe_customer_id" if system == "stripe" else "netsuite_internal_id").cast(pl.String)
    what = {"set": pl.lit("is empty"), "append": pl.lit("does not name this customer")}[action]
    replaces = pl.lit("held ") + pl.col(field).str.strip_chars() + ", which a person replaced"
    reason = (
        pl.when(~_is_empty(field) & (action == "set")).then(replaces).otherwise(what)
        + "; linked by "
        + pl.col("evidence")
    )
    parts = [pl.lit(f"{system}:"), record, pl.lit(f":{field}")]
    parts += [pl.lit(":"), pl.col("stripe_customer_id")] if action == "append" else []
    return pairs.select(
        pl.concat_str(parts).alias("change_id"),
        pl.lit(system).alias("system"),
        record.alias("record_id"),
        pl.lit(field).alias("field"),
        pl.lit(action).alias("action"),
        pl.col(field).alias("old_value"),
        value.alias("new_value"),
        reason.alias("reason"),
        "stripe_customer_id",
        "netsuite_internal_id",
        *keep,
    )


def _is_empty(column: str) -> pl.Expr:
    return pl.col(column).fill_null("").str.strip_chars() == ""


def relinks(plan: pl.DataFrame) -> int:
    """How many changes of a plan replace a value that is there, as only an override does."""
    replaces = (pl.col("action") == "set") & (pl.col("old_value").fill_null("").str.strip_chars() != "")
    return plan.filter(replaces).height


def build_write_plan(sync: Reconciliation) -> dg.AssetsDefinition:
    """The asset `write_plan` of one declaration."""
    settings = PlanSettings.of(sync.declaration)

    @dg.asset(
        key=sync.key("write_plan"),
        group_name=sync.name,
        kinds={"polars"},
        io_manager_key=IO_MANAGER_KEY,
        dagster_type=FRAME,
        ins=sync.inputs("stripe_customers", "netsuite_customers", "customer_matches"),
        check_specs=[
            dg.AssetCheckSpec("schema", asset=sync.key("write_plan"), blocking=True, description=SCHEMA_CHECK),
            dg.AssetCheckSpec(
                "nothing_withheld", asset=sync.key("write_plan"), blocking=True, description=WITHHELD_CHECK
            ),
        ],
    )
    def write_plan(
        stripe_customers: pl.LazyFrame, netsuite_customers: pl.LazyFrame, customer_matches: pl.LazyFrame
    ) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:
        """Every change that would make the two systems agree, one row each: old value, new value, reason.

        Only empty fields are set and only missing ids are appended; a value that is there stays, unless a person's
        override says otherwise. The plan is kept as a file named by the hash of its content: approving it means
        approving that content and no other. Nothing is written by this asset outside of this machine.
        """
        with failures_for_people():
            wanted = plan_changes(stripe_customers, netsuite_customers, customer_matches, settings).collect()
            hidden = hidden_links(stripe_customers, sync.declaration)
            plan = wanted.filter(~pl.col("system").is_in(hidden.systems))
            customers = customer_matches.select("netsuite_internal_id").collect()
        by_field = plan.group_by("system", "field").len().sort("system", "field").rows()
        withheld = withheld_result(wanted.height - plan.height, hidden)
        yield from kept_if_good("write_plan", [schema_result(violations(Plan, plan, "change_id")), withheld])
        with failures_for_people():
            digest = sync.plans.keep(plan)
        yield dg.MaterializeResult(
            value=plan,
            metadata={
                "plan_hash": digest,
                "accounts": sync.accounts,
                "changes": plan.height,
                "relinks": relinks(plan),
                "stripe_customers": customers.height,
                "netsuite_customers": netsuite_customers.filter("is_customer").select(pl.len()).collect().item(),
                "tied_to_a_record": customers.get_column("netsuite_internal_id").count(),
                "file": dg.MetadataValue.path(sync.plans.path(digest)),
                "report": dg.MetadataValue.path(sync.places.results(sync.name) / "report.html"),
                **{f"changes/{system}/{field}": count for system, field, count in by_field},
            },
        )

    return write_plan
