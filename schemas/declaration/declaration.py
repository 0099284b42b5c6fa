"""What a person may write in a `defs.yaml`, word by word, and what each setting does.

Only the shape and its rules live here; `pipelines/customer_sync.py` turns a declaration into assets. Unions are avoided
on purpose: a failed union reports each of its alternatives, and a person needs one sentence.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, Literal

import dagster as dg
from pydantic import Field, field_validator, model_validator

from schemas.declaration.creation import Create
from schemas.declaration.daily import Daily
from schemas.declaration.keep import Keep
from schemas.declaration.memory import NoneOrSize
from schemas.declaration.notify import OF_WRITING, Notify
from schemas.declaration.owners import Owner
from schemas.declaration.part import DeclaredPart
from schemas.declaration.portal import PortalTerms, problems_of_portal
from schemas.declaration.problems import Problem as _Problem
from schemas.declaration.problems import wrong as _wrong
from schemas.declaration.rules import STRIPE_FIELDS, RulePair, is_stripe_field
from schemas.declaration.sources import NetsuiteSource, StripeSource
from schemas.declaration.to_stripe import ToStripe
from schemas.declaration.without_record import problems_without_record
from schemas.declaration.word_settings import StageWords, problems_of_inactive, said_twice
from schemas.declaration.writes import Brakes, Writes
from schemas.link_fields import fields_of, in_plan_order
from schemas.no_value import NO_VALUE
from schemas.system_words import SystemWords
from schemas.words import GLOBAL_NAME

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")

_FIELD_NAME = re.compile(r"[a-z][a-z0-9_]*")

SUBSIDIARY: Final = "subsidiary"
"""Our name of the column that shows the subsidiary, in an account that has some (OneWorld)."""


class Declaration(DeclaredPart, dg.Resolvable):
    """One reconciliation: one Stripe account, one NetSuite account or subsidiary."""

    name: str = Field(description="lower-case letters, digits, underscores; prefixes every asset and job")
    owners: list[Owner] = Field(
        default_factory=list, description="who to ask, on every asset: e-mail addresses, or team:<name>"
    )
    stripe: StripeSource
    netsuite: NetsuiteSource
    netsuite_fields: dict[str, str] = Field(description="our name: the column's label in the saved search")
    rules: list[RulePair] = Field(
        default_factory=list, description="in order; the first that finds a record decides (M6)"
    )
    on_several: Literal["first", "refuse"] = Field(
        "first", description="several records match: the lowest internal id, or none (M5)"
    )
    on_doubt: Literal["note", "refuse"] = Field(
        "note", description="a match or link is doubted: plan it and list it for review, or list it only"
    )
    shared_key: int = Field(
        3, ge=1, description="a match by a value that more customers of a side have than this is doubted"
    )
    near_misses: bool = Field(
        True,
        description="show records with nearly equal values for customers that matched nothing; never planned (X15)",
    )
    links_visible: bool = Field(
        True, description="false: plan links although the files cannot show which ones exist already"
    )
    one_to_one: bool = Field(False, description="true: a record that is claimed already cannot be linked again")
    match_inactive: bool = Field(False, description="true: rules find inactive records too (M2)")
    stage_words: StageWords = Field(default_factory=StageWords)
    yes_words: list[str] = Field(default_factory=list, description="more words for yes in the column of inactive")
    no_words: list[str] = Field(default_factory=list, description="more words for no in the column of inactive")
    no_value: list[str] | None = Field(None, description="what stands for nothing; default: a list that is built in")
    allow_list: bool = Field(False, description="true: only customers with netsuite_allow_integration = true (C2)")
    on_none: Literal["report", "create", "global"] = Field(
        "report", description="no record matches: report it, plan a new customer, or count it to one for all (C1)"
    )
    create: Create | None = Field(None, description="how new NetSuite customers are made; required by on_none: create")
    global_customer: int | None = Field(
        None, gt=0, description=f"internal id of the one for all; default: the one called {GLOBAL_NAME}"
    )
    to_stripe: ToStripe | None = Field(None, description="how NetSuite customers come to Stripe; default: they do not")
    keep_inputs: int = Field(
        90, ge=0, le=36_500, description="days for which what a plan was made from is kept, so that it can be replayed"
    )
    keep: Keep = Field(default_factory=Keep)
    memory: NoneOrSize = Field(
        None, description="what a run may take, as 4GB; more goes through the disk; default: half of the machine's"
    )
    writes: Writes = Field(default_factory=Writes)
    brakes: Brakes = Field(default_factory=Brakes)
    daily: Daily = Field(default_factory=Daily)
    notify: Notify = Field(default_factory=Notify)

    @field_validator("name")
    @classmethod
    def _is_name(cls, value: str) -> str:
        if not _NAME.fullmatch(value):
            raise _wrong(
                f"expected a letter, then lower-case letters, digits or underscores, 40 at most, found {value!r}"
            )
        return value

    @property
    def can_write(self) -> bool:
        """Whether both sides are APIs: from export files nothing can be written back."""
        return self.stripe.export is None and self.netsuite.export is None

    @property
    def is_by_hand(self) -> bool:
        """Whether both sides are export files: what is planned is imported by a person."""
        return self.stripe.export is not None and self.netsuite.export is not None

    @property
    def account_ids(self) -> Sequence[str]:
        """Both accounts as far as they are named: no secrets, once a service has answered under such a name."""
        return [account for account in (self.netsuite.account, self.stripe.account) if account]

    @property
    def asks_who_transacted(self) -> bool:
        """Whether Stripe has to be asked who has transacted: only such customers get new records (C2)."""
        creates = self.create if self.can_write and self.on_none == "create" else None
        return creates is not None and creates.when == "first_transaction"

    @property
    def makes_customers(self) -> bool:
        """Whether a plan may make NetSuite customers: one each, or the one that stands for all."""
        return self.on_none == "create" or (self.on_none == "global" and self.global_customer is None)

    @property
    def creation(self) -> Create:
        """How customers are made; the one that stands for all needs no block that says it."""
        return self.create or Create()

    @property
    def syncs_one(self) -> bool:
        """Whether one NetSuite customer can be synced on demand: that is of the way to Stripe (P5)."""
        return self.can_write and self.to_stripe is not None

    @property
    def portal(self) -> PortalTerms | None:
        """The link to the customer portal that is kept in NetSuite; None where none is."""
        return None if self.to_stripe is None or self.to_stripe.portal == "off" else self.to_stripe

    @property
    def placeholders(self) -> Sequence[str]:
        """What stands for nothing."""
        return NO_VALUE if self.no_value is None else self.no_value

    @property
    def words(self) -> SystemWords:
        """What the words of the saved search mean."""
        return SystemWords.of(self.stage_words.by_stage(), self.yes_words, self.no_words)

    @model_validator(mode="after")
    def _fits_together(self) -> "Declaration":
        found = list(self._problems())
        if found:
            (path, message), *others = found
            raise _wrong(message, *path, others=others)
        return self

    def _problems(self) -> Iterator[_Problem]:
        yield from self._field_problems()
        yield from self._rule_problems()
        yield from self._word_problems()
        yield from self._write_problems()
        yield from problems_without_record(self)
        yield from self._to_stripe_problems()
        yield from problems_of_portal(self)
        yield from self._problems_of_exports()

    def _field_problems(self) -> Iterator[_Problem]:
        labels = [label.strip() for label in self.netsuite_fields.values()]
        if "internal_id" not in self.netsuite_fields:
            yield ("netsuite_fields",), "internal_id is required: map it to the column with NetSuite's Internal ID"
        for name, label in self.netsuite_fields.items():
            if not _FIELD_NAME.fullmatch(name) or name == "is_customer":
                yield (
                    ("netsuite_fields", name),
                    f"expected a name of lower-case letters, digits, underscores, found {name!r}",
                )
            if not label.strip():
                yield ("netsuite_fields", name), "expected the label of a column of the saved search, found nothing"
            elif labels.count(label.strip()) > 1:
                yield ("netsuite_fields", name), f"the label {label!r} is mapped twice"

    def _rule_problems(self) -> Iterator[_Problem]:
        for index, rule in enumerate(self.rules):
            for name in rule.stripe_columns:
                if not is_stripe_field(name, of_export=self.stripe.export is not None):
                    yield ("rules", index, "stripe"), f"expected {self._stripe_fields()}, found {name!r}"
            for name in rule.netsuite_columns:
                if name not in self.netsuite_fields:
                    mapped = ", ".join(self.netsuite_fields)
                    yield ("rules", index, "netsuite"), f"{name!r} is not in netsuite_fields, which has {mapped}"
            if self.rules.index(rule) != index:
                said = f"{' and '.join(rule.stripe)} = {' and '.join(rule.netsuite)}"
                yield ("rules", index), f"the rule {said} is there twice"

    def _stripe_fields(self) -> str:
        known = f"{', '.join(STRIPE_FIELDS)} or metadata.<key>, a path such as address.postal_code"
        return known if self.stripe.export is None else f"{known}, or the label of a column of the export"

    def _word_problems(self) -> Iterator[_Problem]:
        yield from self.stage_words.problems()
        yield from said_twice({("yes_words",): self.yes_words, ("no_words",): self.no_words})
        yield from problems_of_inactive(self.netsuite_fields.get("inactive", ""), self.yes_words, self.no_words)

    def _write_problems(self) -> Iterator[_Problem]:
        for field in in_plan_order(fields_of("netsuite")):
            if self.writes.may_write(field.name) and field.name not in self.netsuite_fields:
                yield ("writes", field.name), f"is true, but netsuite_fields does not map {field.name}"

    def _to_stripe_problems(self) -> Iterator[_Problem]:
        block = self.to_stripe
        if block is None:
            return
        of_search = self.netsuite.export is None
        if of_search != (block.export is None):
            needed, why = ("mass_search", "the RESTlet") if of_search else ("export", "export files")
            yield ("to_stripe",), f"needs {needed}, as NetSuite is read through {why} here"
        if block.single_search is not None and not of_search:
            yield ("to_stripe", "single_search"), "has no effect where NetSuite is an export file"
        if "stripe_id" not in self.netsuite_fields:
            yield ("to_stripe",), "needs stripe_id in netsuite_fields: by it is known who has a Stripe customer (P2)"
        if block.on_none == "create" and self.writes.may_write("stripe_id") is False:
            yield ("to_stripe", "on_none"), "create needs stripe_id to be written: by it a new customer is found again"
        if block.subsidiaries and SUBSIDIARY not in self.netsuite_fields:
            yield ("to_stripe", "subsidiaries"), f"needs {SUBSIDIARY} in netsuite_fields, the column that shows it"
        if not self.can_write:
            given = {"on_none": block.on_none == "create", "updates": bool(block.updates)}
            for name in (name for name, is_given in given.items() if is_given):
                yield ("to_stripe", name), "needs both sides over their APIs: no file makes or changes Stripe customers"

    def _problems_of_exports(self) -> Iterator[_Problem]:
        """Settings of the daily run, which a declaration with an export file has not: its files come by hand."""
        if self.can_write:
            return
        idle = "has no effect here, because nothing is written back where a side is an export file; take it out"
        if self.writes.mode == "auto":
            yield ("writes", "mode"), f"auto {idle}"
        for key in sorted(self.brakes.model_fields_set - {"shrink"}):
            yield ("brakes", key), idle
        if "daily" in self.model_fields_set:
            yield ("daily",), idle
        given = self.notify.events if "events" in self.notify.model_fields_set else ()
        for event in sorted(OF_WRITING.intersection(given)):
            yield ("notify", "events"), f"{event} {idle}"
        if "alive_url" in self.notify.model_fields_set:
            yield ("notify", "alive_url"), idle
