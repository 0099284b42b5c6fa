"""The assets that show what was written: one a field for NetSuite, which one step makes, then those of Stripe.

Who writes, and when, is in `by_hand` and `assets`; here the results become numbers that plot over time.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import dagster as dg

from assets.reconciliation import Reconciliation
from assets.write_back.outcomes import outcomes_file
from assets.write_back.run import Tally
from assets.write_back.selection import (
    NETSUITE_CREATES,
    NETSUITE_EDITS,
    NETSUITE_REMOVALS,
    STRIPE_CREATES,
    STRIPE_EDITS,
    Step,
)
from schemas.change import RECORD
from schemas.declaration import Declaration
from schemas.link_fields import ADDRESS_FIELDS, by_asset, fields_of
from schemas.words import System

NEW_CUSTOMERS: Final = "netsuite_new_customers"
"""The asset that shows the creates of NetSuite records, where a declaration makes some."""

NEW_IN_STRIPE: Final = "stripe_new_customers"
"""The asset that shows the creates of Stripe customers, where a declaration makes some."""

FIELDS_IN_STRIPE: Final = "stripe_fields"
"""The asset that shows further fields of Stripe customers, where a declaration keeps some as NetSuite has them."""

BOTH: Final[tuple[System, System]] = ("netsuite", "stripe")
"""The systems in the order in which every run waits for them, so that no two wait for each other."""

_IN_STRIPE: Final = "Stripe customers that were created, once each, for NetSuite customers that had none."
_FIELDS: Final = "Fields of Stripe customers that were set to what NetSuite has."
_NEW: Final = "NetSuite customers that were created, once each, for Stripe customers that had none."
_OUTCOMES: Final = ("applied", "already", "conflict", "failed", "waiting", "intended")


@dataclass(frozen=True)
class StepAssets:
    """The assets that some steps of write-back materialize, all at once.

    Attributes:
        name: of the op.
        steps: what is written.
        shown: whose changes each asset shows, by fields.
        texts: what each holds, as a sentence.
        deps: the assets that come before.
    """

    name: str
    steps: tuple[Step, ...]
    shown: Mapping[str, Sequence[str]]
    texts: Mapping[str, str]
    deps: tuple[str, ...]

    @property
    def system(self) -> System:
        """The system that is written last, and whose the assets are."""
        return self.steps[-1].system

    @property
    def systems(self) -> tuple[System, ...]:
        """The systems that are written, in the order in which runs wait for them."""
        return tuple(system for system in BOTH if any(step.system == system for step in self.steps))

    def specs(self, sync: Reconciliation) -> list[dg.AssetSpec]:
        """What Dagster shows of them."""
        by_apply = f"Written by the job `{sync.name}_apply` from an approved plan. The numbers are outcomes."
        return [
            dg.AssetSpec(
                sync.key(asset),
                deps=[sync.key(dep) for dep in self.deps],
                group_name=writes_group(sync),
                kinds={"stripe"} if asset == NEW_IN_STRIPE else {self.system},
                description=f"{self.texts[asset]} {by_apply}",
            )
            for asset in self.shown
        ]

    def shown_of(
        self, sync: Reconciliation, tally: Tally, plan: str, who: str
    ) -> Iterator[tuple[dg.AssetKey, dict[str, dg.MetadataValue | str | int]]]:
        """What each shows of a run: numbers that Dagster plots over time, and where the outcomes are."""
        for asset, fields in self.shown.items():
            of_system: System = "stripe" if asset == NEW_IN_STRIPE else self.system
            ended = sum((tally.by_field.get((of_system, field), Counter()) for field in fields), Counter[str]())
            numbers = {f"changes/{status}": ended[status] for status in _OUTCOMES}
            if ended["unfit"]:
                numbers["changes/unfit"] = ended["unfit"]
            file = {"outcomes": outcomes_file(sync)} if self.system == "stripe" else {}
            yield sync.key(asset), {"plan_hash": plan, "who": who, **numbers, **file}


def writes_group(sync: Reconciliation) -> str:
    """The group of what writes, beside that of all else: a job makes its assets, and nobody can by asking for all."""
    return f"{sync.name}_writes"


def step_assets(sync: Reconciliation) -> tuple[StepAssets, StepAssets]:
    """Those of NetSuite, which is written first, and those of Stripe."""
    netsuite = _of_fields("netsuite_links", (NETSUITE_REMOVALS, NETSUITE_EDITS), ("write_plan",))
    if sync.declaration.makes_customers:
        steps = (NETSUITE_REMOVALS, NETSUITE_CREATES, NETSUITE_EDITS)
        shown = {NEW_CUSTOMERS: [RECORD], **netsuite.shown}
        netsuite = replace(netsuite, steps=steps, shown=shown, texts={NEW_CUSTOMERS: _NEW, **netsuite.texts})
    to_stripe = sync.declaration.to_stripe
    if to_stripe is not None and to_stripe.on_none == "create":
        *creates, edits = netsuite.steps
        shown, texts = {NEW_IN_STRIPE: [RECORD], **netsuite.shown}, {NEW_IN_STRIPE: _IN_STRIPE, **netsuite.texts}
        netsuite = replace(netsuite, steps=(*creates, STRIPE_CREATES, edits), shown=shown, texts=texts)
    if sync.declaration.portal is not None:
        links = {asset: those[0] for asset, those in by_asset(ADDRESS_FIELDS).items()}
        shown = {**netsuite.shown, **{asset: [field.name] for asset, field in links.items()}}
        texts = {**netsuite.texts, **{asset: field.texts.asset for asset, field in links.items()}}
        netsuite = replace(netsuite, shown=shown, texts=texts)
    stripe = _of_fields("stripe_links", (STRIPE_EDITS,), tuple(netsuite.shown))
    if to_stripe is not None and to_stripe.kept:
        shown, texts = {**stripe.shown, FIELDS_IN_STRIPE: to_stripe.kept}, {**stripe.texts, FIELDS_IN_STRIPE: _FIELDS}
        stripe = replace(stripe, shown=shown, texts=texts)
    return netsuite, stripe


def further_writes(declaration: Declaration) -> Iterator[str]:
    """The assets that write beside those of the link fields, as a declaration has them."""
    if declaration.makes_customers:
        yield NEW_CUSTOMERS
    to_stripe = declaration.to_stripe
    if to_stripe is not None and to_stripe.on_none == "create":
        yield NEW_IN_STRIPE
    if to_stripe is not None and to_stripe.kept:
        yield FIELDS_IN_STRIPE
    if declaration.portal is not None:
        yield from by_asset(ADDRESS_FIELDS)


def _of_fields(name: str, steps: tuple[Step, ...], deps: tuple[str, ...]) -> StepAssets:
    """The assets of a system's link fields."""
    fields = by_asset(fields_of(steps[-1].system))
    shown = {asset: [field.name for field in those] for asset, those in fields.items()}
    return StepAssets(name, steps, shown, {asset: those[0].texts.asset for asset, those in fields.items()}, deps)
