"""From matches to changes: what has to be written where.

The only road to a write. Nothing here decides who is linked to whom, and nothing that is there is ever replaced, except
by an override; a placeholder (`no_value`) is nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import dagster as dg
import polars as pl

from assets.check_results import SCHEMA_CHECK, kept_if_good, schema_result
from assets.keys import folded_expr
from assets.matching import link_table
from assets.no_values import PLACEHOLDERS, is_placeholder, placeholders_of
from assets.planning.visibility import WITHHELD_CHECK, hidden_links, withheld_result
from assets.reconciliation import FRAME, IO_MANAGER_KEY, Reconciliation, failures_for_people
from schemas.declaration import Declaration
from schemas.plan import Plan
from schemas.validation import violations
from schemas.words import COMMENTS_LIMIT, LINK_FIELD, STRIPES_OWN

_NO_WORD = r"[\s\p{Cc}\x{FEFF}]"
_MORE_THAN_A_WORD = "the Stripe id has white space or control characters in it, and comments take one word"
_NO_ROOM = f"the Stripe id does not fit into the record's comments, which hold {COMMENTS_LIMIT:,} characters"
COULD_BE_ANYTHING = f"the Stripe id does not begin with {STRIPES_OWN}: in comments it could be any number or word"
_REPLACED = ", which a person replaced"
_LINKING = ("linked", "matched", "ambiguous")


@dataclass(frozen=True)
class PlanSettings:
    """Which fields of a NetSuite record may be written, and for whom.

    Attributes:
        comments: ids may be appended to comments.
        external_id: an empty external id may be set.
        stripe_id: an empty Stripe-id field may be set.
        doubted: for pairs that are doubted, too (`on_doubt: note`).
        no_value: keys of placeholders; a field that holds one is empty.
    """

    comments: bool = True
    external_id: bool = True
    stripe_id: bool = True
    doubted: bool = True
    no_value: frozenset[str] = PLACEHOLDERS

    @classmethod
    def of(cls, declaration: Declaration) -> "PlanSettings":
        """What a declaration allows; by default, whatever it maps."""
        mapped, writes = declaration.netsuite_fields, declaration.writes
        return cls(
            comments="comments" in mapped and writes.comments is not False,
            external_id="external_id" in mapped and writes.external_id is not False,
            stripe_id="stripe_id" in mapped and writes.stripe_id is not False,
            doubted=declaration.on_doubt == "note",
            no_value=placeholders_of(declaration),
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
    pairs = _with_placeholders(linked_pairs(stripe, netsuite, wanted).collect(), settings.no_value).lazy()
    is_oldest = pl.col("netsuite_internal_id").is_first_distinct()
    oldest = pairs.filter(is_oldest)
    customer = pl.col("stripe_customer_id")
    changes = []
    if settings.comments:
        appends = _appends(pairs, link_table(stripe, netsuite, settings.no_value))
        changes.append(appends.filter(pl.col("obstacle").is_null()).drop("obstacle"))
    if settings.external_id:
        is_telling = customer.str.starts_with(STRIPES_OWN)
        free = _without_external_id(oldest.filter(_is_empty("external_id") & is_telling), netsuite)
        changes.append(_change(free, "netsuite", "external_id", customer))
    if settings.stripe_id:
        changes.append(_change(oldest.filter(_is_empty("stripe_id")), "netsuite", "stripe_id", customer))
    record = pl.col("netsuite_internal_id").cast(pl.String)
    replaced = (pl.col("evidence") == "override") & (pl.col(LINK_FIELD).str.strip_chars() != record)
    changes.append(_change(pairs.filter(_is_empty(LINK_FIELD) | replaced), "stripe", LINK_FIELD, record))
    return pl.concat(changes)


def left_out_of_comments(
    stripe: pl.LazyFrame, netsuite: pl.LazyFrame, matches: pl.LazyFrame, settings: PlanSettings
) -> pl.LazyFrame:
    """Pairs whose Stripe id cannot be appended (W3): stripe_customer_id, netsuite_internal_id, obstacle (String).

    An imported id belongs into the Stripe-id field; only where it is not there and not planned for it, it is left out.
    """
    pairs = _with_placeholders(linked_pairs(stripe, netsuite, matches).collect(), settings.no_value).lazy()
    links = link_table(stripe, netsuite, settings.no_value).collect(engine="streaming").lazy()
    both = ["stripe_customer_id", "netsuite_internal_id"]
    oldest = pairs.filter(pl.col("netsuite_internal_id").is_first_distinct())
    named = [links.filter(pl.col("source") == "stripe_id").select(both)]
    named += [oldest.filter(_is_empty("stripe_id")).select(both)] if settings.stripe_id else []
    left_out = _appends(pairs, links).drop_nulls("obstacle").select(*both, "obstacle")
    is_imported = pl.col("obstacle") == COULD_BE_ANYTHING
    nowhere = left_out.filter(is_imported).join(pl.concat(named), on=both, how="anti")
    return pl.concat([left_out.filter(~is_imported), nowhere])


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


def _with_placeholders(pairs: pl.DataFrame, no_value: frozenset[str]) -> pl.DataFrame:
    """Add for each link field whether it holds a placeholder; looks only at values that are not the link's own."""
    own = {
        LINK_FIELD: pl.col("netsuite_internal_id").cast(pl.String),
        **dict.fromkeys(("external_id", "stripe_id"), pl.col("stripe_customer_id")),
    }
    for field, wanted in own.items():
        other = pairs.select(field, is_other=pl.col(field) != wanted).with_row_index("row").filter("is_other")
        placeholders = other.filter(is_placeholder(folded_expr(pl.col(field)), no_value)).get_column("row")
        nothing = pl.repeat(value=False, n=pairs.height, dtype=pl.Boolean, eager=True)
        pairs = pairs.with_columns(nothing.scatter(placeholders, True).alias(f"placeholder {field}"))
    return pairs


def _appends(pairs: pl.LazyFrame, links: pl.LazyFrame) -> pl.LazyFrame:
    """Ids that their record's comments do not name yet, each with its `obstacle`, null where it can be appended.

    It has to be an id of Stripe's own, and one word, as the RESTlet takes no other, and to fit after those of older
    customers. Once one does not fit into a record, no younger one is tried.
    """
    named = links.filter(pl.col("source") == "comments")
    missing = pairs.join(named, on=["stripe_customer_id", "netsuite_internal_id"], how="anti", maintain_order="left")
    is_word = ~pl.col("stripe_customer_id").str.contains(_NO_WORD)
    is_telling = pl.col("stripe_customer_id").str.starts_with(STRIPES_OWN)
    added = (
        pl.when(is_telling & is_word).then(pl.col("stripe_customer_id").str.len_chars().cast(pl.Int64) + 1).otherwise(0)
    )
    # Pairs are sorted by record: what was added within one is the running total less that before its first row.
    before_record = pl.when(pl.col("netsuite_internal_id").is_first_distinct()).then(added.cum_sum() - added)
    within_record = added.cum_sum() - before_record.forward_fill()
    held = pl.col("comments").str.len_chars().cast(pl.Int64).fill_null(0)
    length = held + within_record - (held == 0).cast(pl.Int64)
    no_room = pl.when(length > COMMENTS_LIMIT).then(pl.lit(_NO_ROOM))
    unfit = pl.when(~is_telling).then(pl.lit(COULD_BE_ANYTHING)).when(~is_word).then(pl.lit(_MORE_THAN_A_WORD))
    appends = missing.with_columns(obstacle=unfit.otherwise(no_room))
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
    held = pl.lit("held ") + pl.col(field).str.strip_chars()
    is_nothing = pl.col(f"placeholder {field}") if action == "set" else pl.lit(value=False)
    replaced = held + pl.when(is_nothing).then(pl.lit(", which stands for nothing")).otherwise(pl.lit(_REPLACED))
    reason = pl.when(_is_blank(field) | (action == "append")).then(what).otherwise(replaced)
    reason = reason + "; linked by " + pl.col("evidence")
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


def _is_blank(column: str) -> pl.Expr:
    return pl.col(column).fill_null("").str.strip_chars() == ""


def _is_empty(field: str) -> pl.Expr:
    return _is_blank(field) | pl.col(f"placeholder {field}")


def relinks(plan: pl.DataFrame, no_value: frozenset[str] = PLACEHOLDERS) -> int:
    """How many changes of a plan replace a value that is there, as only an override does."""
    replaces = (pl.col("action") == "set") & ~_is_blank("old_value")
    return plan.filter(replaces).filter(~is_placeholder(folded_expr(pl.col("old_value")), no_value)).height


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

        Only fields without a value are set and only missing ids are appended; a value that is there stays, unless a
        person's override says otherwise. The plan is kept as a file named by the hash of its content: approving it is
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
                "relinks": relinks(plan, settings.no_value),
                "stripe_customers": customers.height,
                "netsuite_customers": netsuite_customers.filter("is_customer").select(pl.len()).collect().item(),
                "tied_to_a_record": customers.get_column("netsuite_internal_id").count(),
                "file": dg.MetadataValue.path(sync.plans.path(digest)),
                "report": dg.MetadataValue.path(sync.folders.results(sync.name) / "report.html"),
                **{f"changes/{system}/{field}": count for system, field, count in by_field},
            },
        )

    return write_plan
