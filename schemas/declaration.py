"""What a person may write in a `defs.yaml`, word by word, and what each setting does.

Only the shape and its rules live here; `pipelines/customer_sync.py` turns a declaration into assets. Unions are avoided
on purpose: a failed union reports each of its alternatives, and a person needs one sentence.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Literal

import dagster as dg
from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

_Problem = tuple[tuple[str | int, ...], str]
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_STRIPE_FIELD = re.compile(r"id|email|name|description|phone|metadata\.[^\[\]]{1,40}")

_FIELD_NAME = re.compile(r"[a-z][a-z0-9_]*")


class StripeSource(dg.Model, dg.Resolvable):
    """Where the Stripe customers come from."""

    export: str = Field(description="path of a Dashboard customer export (CSV), from the project's root")
    since: str = Field("2011-01", description="first month of creation, YYYY-MM; an older customer is an error")

    @field_validator("since")
    @classmethod
    def _is_month(cls, value: str) -> str:
        if not re.fullmatch(r"20[0-9]{2}-(0[1-9]|1[0-2])", value):
            raise _wrong(f"expected a month such as 2019-05, found {value!r}")
        if value > f"{datetime.now(UTC):%Y-%m}":
            raise _wrong(f"{value} is in the future; expected the month of the oldest customer")
        return value

    @property
    def first_month(self) -> datetime:
        """The first instant of `since`, UTC."""
        return datetime.strptime(self.since, "%Y-%m").replace(tzinfo=UTC)


class NetsuiteSource(dg.Model, dg.Resolvable):
    """Where the NetSuite customers come from."""

    export: str = Field(description="path of a saved-search export (CSV), from the project's root")


class RulePair(dg.Model, dg.Resolvable):
    """One matching rule: a Stripe field and a NetSuite field whose keys must be equal (M1)."""

    stripe: str = Field(description="id, email, name, description, phone, or metadata.<key>")
    netsuite: str = Field(description="any name in netsuite_fields")

    @field_validator("stripe")
    @classmethod
    def _is_stripe_field(cls, value: str) -> str:
        if not _STRIPE_FIELD.fullmatch(value):
            raise _wrong(f"expected id, email, name, description, phone or metadata.<key>, found {value!r}")
        return value


class Writes(dg.Model, dg.Resolvable):
    """What may be written, and when."""

    mode: Literal["review", "auto"] = Field(
        "review", description="review: only an approved plan; auto: daily, in the brakes"
    )
    comments: bool | None = Field(None, description="append the Stripe id to the comments; default: if mapped (W3)")
    external_id: bool | None = Field(None, description="set an empty external id; default: if mapped (W2)")
    stripe_id: bool | None = Field(None, description="set an empty Stripe-id field; default: if mapped (W4)")


class Declaration(dg.Model, dg.Resolvable):
    """One reconciliation: one Stripe account, one NetSuite account or subsidiary."""

    name: str = Field(description="lower-case letters, digits, underscores; prefixes every asset and job")
    stripe: StripeSource
    netsuite: NetsuiteSource
    netsuite_fields: dict[str, str] = Field(description="our name: the column's label in the saved search")
    rules: list[RulePair] = Field(
        default_factory=list, description="in order; the first that finds a record decides (M6)"
    )
    on_several: Literal["first", "refuse"] = Field(
        "first", description="several records match: the lowest internal id, or none (M5)"
    )
    one_to_one: bool = Field(False, description="true: a record that is claimed already cannot be linked again")
    match_inactive: bool = Field(False, description="true: rules find inactive records too (M2)")
    allow_list: bool = Field(False, description="true: only customers with netsuite_allow_integration = true (C2)")
    on_none: Literal["report"] = Field("report", description="no record matches: report it (C1)")
    writes: Writes = Field(default_factory=Writes)

    @field_validator("name")
    @classmethod
    def _is_name(cls, value: str) -> str:
        if not _NAME.fullmatch(value):
            raise _wrong(
                f"expected a letter, then lower-case letters, digits or underscores, 40 at most, found {value!r}"
            )
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> "Declaration":
        for path, message in (*self._field_problems(), *self._rule_problems(), *self._write_problems()):
            raise _wrong(message, *path)
        return self

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
        pairs = [(rule.stripe, rule.netsuite) for rule in self.rules]
        for index, (stripe, netsuite) in enumerate(pairs):
            if netsuite not in self.netsuite_fields:
                mapped = ", ".join(self.netsuite_fields)
                yield ("rules", index, "netsuite"), f"{netsuite!r} is not in netsuite_fields, which has {mapped}"
            if pairs.index((stripe, netsuite)) != index:
                yield ("rules", index), f"the rule {stripe} = {netsuite} is there twice"

    def _write_problems(self) -> Iterator[_Problem]:
        for field in ("comments", "external_id", "stripe_id"):
            if getattr(self.writes, field) and field not in self.netsuite_fields:
                yield ("writes", field), f"is true, but netsuite_fields does not map {field}"


def _wrong(message: str, *path: str | int) -> PydanticCustomError:
    """A validation error that says which node of the declaration it means, where that is not the field itself."""
    return PydanticCustomError("declaration", "{message}", {"message": message, "path": path})
