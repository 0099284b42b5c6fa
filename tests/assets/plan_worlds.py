"""Small worlds in which much is planned: several customers on few records, comments that are nearly full."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import hypothesis.strategies as st

from assets.matching import MatchSettings, Rule
from assets.write_plan import PlanSettings
from tests.assets.oracle import Customer, Record, World
from tests.assets.plan_oracle import METADATA
from tests.assets.worlds import START, customers, records, settings_of_matching

ALL_FIELDS = PlanSettings()
NAMES = MatchSettings((Rule("name", "company_name"),))


def crowded_worlds() -> st.SearchStrategy[World]:
    """Several customers on each of very few records, whose comments are nearly full."""
    padded = st.builds(_padded, records(), st.lists(st.sampled_from([0, 0, *range(3_975, 4_002)]), min_size=8))
    few = padded.map(lambda found: found[:2])
    overrides = st.dictionaries(st.sampled_from(["cus_1", "cus_12", "user-1"]), st.integers(1, 12), max_size=2)
    return st.builds(World, customers(), few, overrides, settings_of_matching())


def plan_settings() -> st.SearchStrategy[PlanSettings]:
    return st.builds(PlanSettings, st.booleans(), st.booleans(), st.booleans())


def acme(id_: str, *, minutes: int = 0, seconds: int = 0, metadata: str | None = None, name: str = "Acme") -> Customer:
    created = START + timedelta(minutes=minutes, seconds=seconds)
    return Customer(id_, created, {"name": name, METADATA: metadata})


def record(internal_id: int, **fields: str | None) -> Record:
    return Record(internal_id, fields={"company_name": "acme", **fields})


def _padded(found: Sequence[Record], lengths: Sequence[int]) -> list[Record]:
    return [
        replace(record, fields={**record.fields, "comments": "." * length + (record.text("comments") or "")})
        for record, length in zip(found, lengths, strict=False)
    ]
