"""The numbers of the report, each aggregated in polars from frames of any length.

Nothing here knows HTML. Results are small and plain: dataclasses of counts, one short frame for the months.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

import polars as pl

from assets.planning.guesses import of_plan
from assets.planning.parts import kinds_of
from assets.report.few_rows import column_of, height_of
from assets.report.inputs import ReportInputs
from assets.report.planned import have_changes, records_of
from assets.rows_of import rows_of
from schemas.change import REMOVALS, VALUES
from schemas.link_fields import LINK_FIELDS, LinkField
from schemas.paired_plan import PairedPlan, Part
from schemas.repeated import are_among
from schemas.words import GONE, OUTCOMES, MatchOutcome

_PAIR: Final = ["stripe_customer_id", "netsuite_internal_id"]

Standing = Literal["tied", "planned", "waiting", "rest"]
"""Where a customer stands today: ties out, will once the plan is applied, waits for a person, or none of these."""

_STANDINGS: Final = pl.Enum(get_args(Standing))

REASONS_SHOWN: Final = 40
"""How many groups of reasons the page lists at most, the largest first."""


@dataclass(frozen=True)
class Headline:
    """How many customers there are, by standing; the four add up to `total`."""

    total: int
    tied: int
    planned: int
    waiting: int
    rest: int

    @property
    def tied_after(self) -> int:
        """How many tie out once the plan is applied."""
        return self.tied + self.planned


@dataclass(frozen=True)
class OutcomeCount:
    """How many customers end in an outcome, and by which evidence (the largest first; None where there is none)."""

    outcome: MatchOutcome
    customers: int
    share: float
    evidence: tuple[tuple[str | None, int], ...]


@dataclass(frozen=True)
class ReasonGroup:
    """Customers that wait for the same reason, ids and numbers aside; `example` is the first of them by id."""

    outcome: str
    reason: str
    what_to_do: str
    customers: int
    example: str


@dataclass(frozen=True)
class PlanSize:
    """How much of the plan concerns one field of one system."""

    system: str
    field: str
    action: str
    changes: int
    records: int
    guesses: int = 0


@dataclass(frozen=True)
class Coverage:
    """How many of `total` records carry one kind of link today, and after the plan."""

    what: str
    today: int
    after: int
    total: int


def standings(inputs: ReportInputs) -> pl.DataFrame:
    """Return one row per Stripe customer: `month` (first day), `outcome`, `evidence`, `standing`.

    A customer in the review waits, even if a part of its links is planned. It is tied out when it is linked and nothing
    is left to plan.
    """
    ids, waits = column_of(inputs.matches, "stripe_customer_id"), inputs.review.get_column("stripe_customer_id")
    is_waiting, is_planned = pl.lit(are_among(ids, waits)), pl.lit(have_changes(ids, inputs.plan))
    is_tied = pl.col("outcome") == "linked"
    tied, planned, waits_too, rest = (pl.lit(standing, _STANDINGS) for standing in get_args(Standing))
    standing = (
        pl.when(is_waiting).then(waits_too)
        .when(is_planned).then(planned)
        .when(is_tied).then(tied)
        .otherwise(rest)
    )  # fmt: skip
    rows = inputs.customers if inputs.customers is not None else rows_of(ids, column_of(inputs.stripe, "id"))
    created = column_of(inputs.stripe, "created").dt.truncate("1mo").dt.date().gather(rows)
    # As numbers words take a tenth of the room, and are sooner counted.
    words = [pl.col("outcome").cast(pl.Enum(OUTCOMES)), pl.col("evidence").cast(pl.Categorical)]
    found = inputs.matches.select(words).collect()
    return found.select("outcome", "evidence", month=created, standing=standing).select(
        "month", "outcome", "evidence", "standing"
    )


def gone(review: pl.DataFrame) -> int:
    """Count the ids that NetSuite records name and no Stripe customer has."""
    return review.filter(pl.col("outcome") == GONE).height


def headline(standings: pl.DataFrame) -> Headline:
    """Count the customers by standing."""
    counts = dict(standings.group_by("standing").len().iter_rows())
    return Headline(total=standings.height, **{standing: counts.get(standing, 0) for standing in get_args(Standing)})


def by_outcome(standings: pl.DataFrame) -> list[OutcomeCount]:
    """Count the customers by outcome, in the order of the outcomes, and by evidence within."""
    counts = standings.group_by("outcome", "evidence").len().cast({"outcome": pl.String, "evidence": pl.String})
    counts = counts.sort("len", "evidence", descending=[True, False])
    return [_outcome_count(outcome, counts, standings.height) for outcome in OUTCOMES]


def waiting(review: pl.DataFrame) -> list[ReasonGroup]:
    """Group what waits for a person by outcome and reason, the largest group first."""
    advice = pl.col("what_to_do").sort_by("stripe_customer_id").first()
    groups = (
        review.lazy()
        .group_by("outcome", reason=without_particulars(pl.col("reason")))
        .agg(
            what_to_do=without_particulars(advice),
            customers=pl.col("stripe_customer_id").n_unique(),
            example=pl.col("stripe_customer_id").min(),
        )
        .sort("customers", "outcome", "reason", descending=[True, False, False])
        .head(REASONS_SHOWN)
        .collect()
    )
    return [ReasonGroup(**row) for row in groups.iter_rows(named=True)]


def months(standings: pl.DataFrame) -> pl.DataFrame:
    """Count by month of creation: one row per `month`, gaps filled, with a column per outcome, `total` and `waiting`.

    Customers without a month (there are none in a whole picture) are not shown.
    """
    counted = (
        standings.lazy()
        .drop_nulls("month")
        .group_by("month")
        .agg(
            *((pl.col("outcome") == outcome).sum().cast(pl.Int64).alias(outcome) for outcome in OUTCOMES),
            total=pl.len().cast(pl.Int64),
            waiting=(pl.col("standing") == "waiting").sum().cast(pl.Int64),
        )
        .sort("month")
        .collect()
    )
    return counted if counted.is_empty() else counted.upsample("month", every="1mo").fill_null(0)


def plan_size(plan: PairedPlan, guesses: pl.DataFrame) -> list[PlanSize]:
    """Count the planned changes, the records they touch and how many are guesses, by system, field and action."""
    guessed = _by_kind(of_plan(plan, guesses))
    sizes = [
        PlanSize(*kind, _changes(parts), _records(parts), _changes(guessed.get(kind, ())))
        for kind, parts in _by_kind(plan).items()
    ]
    by_size = sorted(sizes, key=lambda size: (-size.changes, size.field, size.action))
    return sorted(by_size, key=lambda size: size.system, reverse=True)


def _by_kind(plan: PairedPlan) -> dict[tuple[str, str, str], list[Part]]:
    kinds: dict[tuple[str, str, str], list[Part]] = {}
    for part in kinds_of(plan):
        kinds.setdefault((part.system, part.field, part.action), []).append(part)
    return kinds


def _changes(parts: Sequence[Part]) -> int:
    return sum(part.height for part in parts)


def _records(parts: Sequence[Part]) -> int:
    # A field is set once in a record, so that the many ids of sets need not be compared; and a record that is not there
    # yet has no id, so that each such row is about one of its own.
    if parts[0].action in VALUES:
        return _changes(parts)
    record = pl.concat(map(records_of, parts))
    return record.drop_nulls().n_unique() + record.null_count()


def coverage(inputs: ReportInputs) -> list[Coverage]:
    """Count, for each place of a link, the records that carry one today and after the plan.

    A link is what the link table says: on the NetSuite side only customers count, external ids and comments only where
    they name a Stripe customer.
    """
    customers, records = height_of(inputs.stripe), int(column_of(inputs.netsuite, "is_customer").sum())
    fields = [(field, customers if field.system == "stripe" else records) for field in LINK_FIELDS]
    return [found for field, total in fields if (found := _covered(field, inputs, total)).after or not field.optional]


def _outcome_count(outcome: MatchOutcome, counts: pl.DataFrame, total: int) -> OutcomeCount:
    own = counts.filter(pl.col("outcome") == outcome)
    customers = int(own["len"].sum())
    evidence = tuple(own.select("evidence", "len").iter_rows())
    return OutcomeCount(outcome, customers, customers / total if total else 0.0, evidence)


def _covered(field: LinkField, inputs: ReportInputs, total: int) -> Coverage:
    key = "stripe_customer_id" if field.system == "stripe" else "netsuite_internal_id"
    links = inputs.links.filter(pl.col("source") == field.evidence).select(_PAIR).collect()
    today = links.get_column(key).n_unique()
    parts = [part for part in kinds_of(inputs.plan) if part.field == field.name]
    for part in parts:
        if part.action in REMOVALS:
            links = links.join(part.rows.select(_PAIR).collect(), on=_PAIR, how="anti")
    linked = links.get_column(key).unique()
    added = [part for part in parts if part.action not in REMOVALS]
    ids = pl.concat([linked.clear(), *map(records_of, added)])
    new = ids.filter(~are_among(ids, linked))
    # A field is set once in a record, so that those ids are distinct; a record that is not there yet has none.
    more = new.len() - max(new.null_count() - 1, 0) if {part.action for part in added} <= {"set"} else new.n_unique()
    return Coverage(field.name, today, linked.len() + more, total)


def without_particulars(text: pl.Expr) -> pl.Expr:
    """Replace what differs from row to row (ids, numbers, quoted values) by an ellipsis, so that reasons group."""
    return (
        text.str.replace_all(r'"[^"]*"', '"…"')
        .str.replace_all(r"\bcus_\w+", "…")
        .str.replace_all(r"\b\d{1,3}(?:,\d{3})+\b|\b\d+\b", "…")
        .str.replace_all(r"…(?:[,;]? …)+", "…")
    )
