"""One customer, or a few, made into records."""

import json
from datetime import UTC, datetime
from typing import Any

import polars as pl

from assets.mapping.to_netsuite import CreateSettings, IndividualWhen, new_records
from schemas.link_fields import BY_NAME, LinkField


def links(stripe_id: str | None = None, *, comments: bool = True) -> dict[LinkField, str]:
    """The fields that say whose a new record is."""
    ids = {"external_id": "externalid"} | ({"comments": "comments"} if comments else {})
    return {
        BY_NAME[name]: script_id for name, script_id in (ids | ({"stripe_id": stripe_id} if stripe_id else {})).items()
    }


START = datetime(2024, 1, 1, tzinfo=UTC)
PLAIN = CreateSettings()
PERSON = CreateSettings(individual_when=IndividualWhen())


def frame_of(
    *rows: dict[str, Any], settings: CreateSettings = PLAIN, existing: tuple[str | None, ...] = ()
) -> pl.DataFrame:
    whole = [{"id": f"cus_{number}", "created": START} | row for number, row in enumerate(rows, start=1)]
    customers = pl.LazyFrame(whole, infer_schema_length=None)
    there = pl.LazyFrame({"entity_id": existing}, schema={"entity_id": pl.String})
    return new_records(customers, there, settings).collect()


def record_of(row: dict[str, Any], settings: CreateSettings = PLAIN) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(frame_of(row, settings=settings).item(0, "record"))
    return record


def fields_of(row: dict[str, Any], settings: CreateSettings = PLAIN) -> dict[str, Any]:
    fields: dict[str, Any] = record_of(row, settings)["fields"]
    return fields


def notes_of(row: dict[str, Any], settings: CreateSettings = PLAIN) -> str | None:
    notes: str | None = frame_of({"name": "Acme", "email": "a@b.example"} | row, settings=settings).item(0, "notes")
    return notes
