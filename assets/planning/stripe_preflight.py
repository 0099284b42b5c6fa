"""What Stripe would refuse of the new customers of a plan, or gets otherwise than NetSuite has it, before the approval.

A warning, never a stop. Stripe can only be asked by making a customer, so that its limits are looked at here.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import dagster as dg
import orjson
import polars as pl

from assets.extract.netsuite_sync import SYNC
from assets.mapping.to_netsuite.limits import EMAIL
from assets.mapping.to_stripe import ToStripeSettings, fitted
from assets.matching.stripe_matches import STRIPE_MATCHES
from assets.planning.preflight_check import Row, listed, table_result
from assets.reconciliation import Reconciliation, failures_for_people
from schemas.stripe_parameters import LENGTHS, METADATA_KEYS, METADATA_LENGTH, text_at

STRIPE_ACCEPTED: Final = "new_stripe_customers_accepted"
"""The check's name."""

_ACCEPTED: Final = (
    "Stripe would take the new customers of the plan whole: no value is longer than it takes, every e-mail is one "
    "address. Nothing is sent to find out."
)
_ADDRESS: Final = re.compile(EMAIL)
_IDS_SHOWN: Final = 5
_ID: Final = "netsuite_internal_id"


def build_stripe_preflight_check(sync: Reconciliation, settings: ToStripeSettings) -> dg.AssetChecksDefinition:
    """The check of one declaration over two APIs that may make Stripe customers."""
    key = sync.key("write_plan")

    @dg.multi_asset_check(
        name=f"{sync.name}_stripe_preflight",
        specs=[
            dg.AssetCheckSpec(
                STRIPE_ACCEPTED,
                asset=key,
                description=_ACCEPTED,
                additional_deps=[sync.key(SYNC), sync.key(STRIPE_MATCHES)],
                blocking=True,
            )
        ],
        ins=sync.inputs("write_plan", SYNC, STRIPE_MATCHES),
    )
    def stripe_preflight(
        write_plan: pl.LazyFrame, netsuite_sync: pl.LazyFrame, stripe_matches: pl.LazyFrame
    ) -> dg.AssetCheckResult:
        with failures_for_people():
            rows = what_stripe_would_say(write_plan, netsuite_sync, stripe_matches, settings)
            is_refused = any(weight == "some" for weight, _, _ in rows)
            said = "Some new Stripe customers would be refused" if is_refused else "All would be taken"
            description = f"{said} ({listed(rows)})." if rows else "Nothing was found that would refuse them."
            return table_result(key, STRIPE_ACCEPTED, rows, description, passed=not is_refused)

    return stripe_preflight


def what_stripe_would_say(
    plan: pl.LazyFrame, parameters: pl.LazyFrame, found: pl.LazyFrame, settings: ToStripeSettings
) -> list[Row]:
    """List what would be refused, and what was cut or left out so that it is not; how many, and the first internal ids.

    Args:
        plan: `schemas.plan.Plan`.
        parameters: `schemas.stripe_matches.NetsuiteParameters`.
        found: `schemas.stripe_matches.StripeMatches`.
        settings: what the declaration says.
    """
    is_new = (pl.col("action") == "create") & (pl.col("system") == "stripe")
    new = plan.filter(is_new).select(_ID, "values", "reason").collect() if "values" in plan.collect_schema() else None
    rows = list(_not_made(parameters, found, settings))
    if new is not None:
        ids = new.get_column(_ID).to_list()
        refused = (
            (record, why) for record, text in zip(ids, new.get_column("values"), strict=True) for why in _why(text)
        )
        rows += [("some", of, said) for of, said in _counted(refused, "would be refused")]
        reasons = zip(ids, new.get_column("reason"), strict=True)
        notes = ((record, note) for record, reason in reasons for note in reason.split("; ")[1:])
        rows += [("cut", of, said) for of, said in _counted(notes, "are made so")]
    return rows


def _not_made(parameters: pl.LazyFrame, found: pl.LazyFrame, settings: ToStripeSettings) -> Iterator[Row]:
    """Records without a Stripe customer for which the plan makes none, as Stripe would refuse what they hold."""
    if "email" not in parameters.collect_schema():
        return
    unmatched = found.filter(pl.col("outcome") == "unmatched").select(internal_id=_ID)
    values = fitted(parameters.select("internal_id", "email"), settings.no_value, settings.no_key)
    held = values.filter(pl.col("refused").is_not_null()).join(unmatched, on="internal_id", how="semi")
    rows = held.sort("internal_id").select("internal_id", "refused").collect().rows()
    for _, said in _counted(rows, "are not made"):
        yield "some", "email", said


def _why(text: str) -> Iterator[str]:
    """What Stripe would refuse of one customer: the parameter, and why."""
    given = orjson.loads(text)
    for path, limit in LENGTHS.items():
        if len(text_at(given, path) or "") > limit:
            yield f"{path} is longer than {limit:,} characters"
    if "email" in given and not _ADDRESS.match(given["email"]):
        yield "email is not one address"
    metadata: Mapping[str, str] = given.get("metadata") or {}
    if len(metadata) > METADATA_KEYS:
        yield f"metadata has more than {METADATA_KEYS} keys"
    for name, value in metadata.items():
        if len(value) > METADATA_LENGTH:
            yield f"metadata.{name} is longer than {METADATA_LENGTH} characters"


def _counted(said: Iterable[tuple[int, str]], what: str) -> Iterator[tuple[str, str]]:
    """Each sentence once: of which parameter it is, how many customers it is about, and which records are the first."""
    counts: Counter[str] = Counter()
    first: dict[str, list[int]] = {}
    for record, sentence in said:
        counts[sentence] += 1
        ids = first.setdefault(sentence, [])
        if len(ids) < _IDS_SHOWN:
            ids.append(record)
    for sentence, count in counts.most_common():
        of, _, _ = sentence.partition(" ")
        yield of, f"{sentence}; {count:,} {what}, for the records {_some_ids(first[sentence], count)}"


def _some_ids(ids: Sequence[int], count: int) -> str:
    return ", ".join(map(str, ids)) + (" and others" if count > len(ids) else "")
