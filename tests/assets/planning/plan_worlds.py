"""Small worlds in which much is planned: several customers on few records, comments that are nearly full."""

from datetime import timedelta

import hypothesis.strategies as st

from assets.matching import MatchSettings, Rule
from assets.planning.settings import PlanSettings
from tests.assets.matching.oracle import Customer, Record, World
from tests.assets.matching.worlds import START
from tests.assets.planning.plan_oracle import METADATA

FIELDS = ("stripe_id", "external_id", "comments")
ALL_FIELDS = PlanSettings(frozenset({METADATA, *FIELDS}))
NAMES = MatchSettings((Rule("name", "company_name"),))

_IDS = ("cus_1", "cus_12", "cus_A", "cus_é", "user-1", "user")
_NAMES = st.sampled_from(["Acme", "Acme", "acme ", "Bee"])
_RULES = st.builds(MatchSettings, st.just(NAMES.rules), st.sampled_from(["first", "first", "refuse"]), st.booleans())


def crowded_worlds() -> st.SearchStrategy[World]:
    """Several customers on each of one to three records, most fields empty, comments often nearly full."""
    linked = st.sampled_from([None, None, "1", " 2"])
    customer = st.builds(acme, st.sampled_from(_IDS), seconds=st.integers(0, 130), metadata=linked, name=_NAMES)
    comments = st.builds(_padded, st.sampled_from([0, 0, *range(3_975, 4_001)]), st.sampled_from(["", "cus_1", "user"]))
    trace = st.sampled_from([None, None, "", " ", *_IDS])
    kept = st.builds(
        record, st.integers(1, 3), comments=comments, stripe_id=trace, external_id=trace, company_name=_NAMES
    )
    people = st.lists(customer, min_size=3, max_size=6, unique_by=lambda c: c.id)
    some = st.lists(kept, min_size=1, max_size=3, unique_by=lambda r: r.internal_id)
    return st.builds(World, people, some, st.dictionaries(st.sampled_from(_IDS), st.integers(1, 3), max_size=2), _RULES)


def plan_settings() -> st.SearchStrategy[PlanSettings]:
    return st.sets(st.sampled_from(FIELDS)).map(lambda fields: PlanSettings(frozenset({METADATA, *fields})))


def acme(id_: str, *, minutes: int = 0, seconds: int = 0, metadata: str | None = None, name: str = "Acme") -> Customer:
    created = START + timedelta(minutes=minutes, seconds=seconds)
    return Customer(id_, created, {"name": name, METADATA: metadata})


def record(internal_id: int, **fields: str | None) -> Record:
    return Record(internal_id, fields={"company_name": "acme", **fields})


def _padded(length: int, comments: str) -> str | None:
    return "." * length + comments or None
