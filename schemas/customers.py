"""What the two extracts look like, whichever reader they came through: export files or APIs."""

from typing import get_args

import pandera.polars as pa
import polars as pl
from pandera.engines.polars_engine import DateTime

from schemas.link_fields import fields_of
from schemas.words import LinkColumn


class StripeCustomers(pa.DataFrameModel):
    """One row per Stripe customer.

    Besides these columns there is one `metadata.<key>` column (String, null when the key is absent) for each of
    `schemas.words.MATCH_KEYS` and for each metadata key that a rule names.
    """

    id: str = pa.Field(unique=True, str_length={"min_value": 1})
    created: DateTime(time_unit="us", time_zone="UTC")  # type: ignore[valid-type]
    email: str = pa.Field(nullable=True)
    name: str = pa.Field(nullable=True)
    description: str = pa.Field(nullable=True)
    phone: str = pa.Field(nullable=True)
    livemode: pl.Boolean = pa.Field(nullable=True, description="null where an export does not say")
    link_column: str | None = pa.Field(
        isin=get_args(LinkColumn), description="whether the export has the column with the links; an API shows them all"
    )
    near_keys: str | None = pa.Field(
        nullable=True, description="metadata keys over an API that can be meant for ours and are not read, a line each"
    )
    metadata: str = pa.Field(alias=r"^metadata\..+$", regex=True, nullable=True)


class NetsuiteCustomers(pa.DataFrameModel):
    """One row per row of the saved search, leads and prospects included (`is_customer` tells them apart).

    Besides these columns there is a String column for each link field of NetSuite (`schemas.link_fields`). A name that
    the declaration does not map is a column of nulls. Every further name in `netsuite_fields` is one more String column
    under that name.
    """

    internal_id: pl.Int64 = pa.Field(unique=True, gt=0)
    is_customer: pl.Boolean = pa.Field(description="stage is customer; true for all where no stage is mapped (M2)")
    inactive: pl.Boolean
    email: str = pa.Field(nullable=True)
    company_name: str = pa.Field(nullable=True)
    phone: str = pa.Field(nullable=True)
    stage: str = pa.Field(nullable=True)

    @classmethod
    def to_schema(cls) -> pa.DataFrameSchema:
        """Pandera's schema: these columns, and behind `inactive` those of the link fields."""
        own = super().to_schema()
        links = {field.name: pa.Column(pl.String, nullable=True) for field in fields_of("netsuite")}
        names = list(own.columns)
        at = names.index("inactive") + 1
        return own.add_columns(links).select_columns([*names[:at], *links, *names[at:]])
