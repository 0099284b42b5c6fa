"""What may be written, and what a daily run may do without a person: two blocks of a declaration."""

from typing import Literal

import dagster as dg
from pydantic import Field

from schemas.declaration.part import DeclaredPart


class Writes(DeclaredPart, dg.Resolvable):
    """What may be written, and when."""

    mode: Literal["review", "auto"] = Field(
        "review", description="review: only an approved plan; auto: daily, in the brakes"
    )
    comments: bool | None = Field(None, description="append the Stripe id to the comments; default: if mapped (W3)")
    external_id: bool | None = Field(None, description="set an empty external id; default: if mapped (W2)")
    stripe_id: bool | None = Field(None, description="set an empty Stripe-id field; default: if mapped (W4)")
    import_comments_hours: float = Field(
        24, ge=0, description="age of the NetSuite export up to which a file for importing comments is made of it"
    )

    def may_write(self, field: str) -> bool | None:
        """What is said of a NetSuite link field by its name; None where nothing is."""
        said: bool | None = getattr(self, field)
        return said


class Brakes(DeclaredPart, dg.Resolvable):
    """What a daily run may do without a person (X9): beyond any of these it writes nothing, and says why."""

    shrink: float = Field(0.02, ge=0, le=1, description="share by which an extract may be smaller than before")
    match_rate: float = Field(
        0.02,
        ge=0,
        le=1,
        description="how far the share of customers with a record may move; more than 0: by one customer at least",
    )
    most_writes: int = Field(500, ge=0, description="changes in one plan")
    most_relinks: int = Field(
        0, ge=0, description="changes in one plan that replace a value or take it away, as overrides do"
    )
    most_creates: int = Field(0, ge=0, description="new NetSuite customers in one plan")
    most_stripe_creates: int = Field(0, ge=0, description="new Stripe customers in one plan")
    oldest_hours: float = Field(
        6, gt=0, le=87_600, description="age of the oldest part of the picture that a plan is made from"
    )
