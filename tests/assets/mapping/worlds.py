"""Small worlds of customers and settings in which everything that can go wrong with a text does, and often."""

from datetime import UTC, datetime, timedelta
from typing import Any

import hypothesis.strategies as st
import polars as pl

from assets.mapping.to_netsuite import CreateSettings, IndividualWhen, new_records
from assets.mapping.to_netsuite.address import ADDRESS_PATHS
from tests.assets.mapping.making import links

NAMES = (
    "Acme",
    "ACME ",
    "Jane Sally Doe",
    "Doe, Jane",
    "Jane\u00a0Doe",
    "  ",
    "N/A",
    "Zoë \U0001f600 Ltd",
    'A "B" \\ C',
    "a\nb",
    "\u200b",
    "\x00",
)
EMAILS = ("a@b.example", "no address", "a@b.example, c@d.example", "x" * 30 + "@b.example", " a@b.example ", "-")
PHONES = (
    "+49 30 1234567",
    "12345",
    "4.93E+11",
    "+1 555 123 4567 ext. 12345",
    "\u0661\u0662\u0663\u0664\u0665\u0666\u0667",
)
LINES = ("1 Main Street", "A very long street with a long name", "nospaceswhatsoever" * 2, "a " * 20, "")
STATES = ("California", "ca", "NSW", "Quebec", "NA", "Bayern", "Not  a state at all")
COUNTRIES = ("US", "us", "Germany", "Korea", "Congo", "NA", "Atlantis", "Türkiye", "USA", "AU", "Canada", "N/A")
POOLS = {
    "name": NAMES,
    "description": NAMES,
    "email": EMAILS,
    "phone": PHONES,
    "shipping.name": NAMES,
    "shipping.phone": PHONES,
    "metadata.netsuite_first_name": NAMES,
    "metadata.netsuite_last_name": NAMES,
    "metadata.kind": ("person", " PERSON", "firm"),
    "metadata.region": ("EMEA", "a\nb", "- None -", "yes", "x" * 40),
}
PATHS = (*POOLS, *(path for path in ADDRESS_PATHS if path not in POOLS))
OF_PART = {"line1": LINES, "line2": LINES, "city": LINES, "state": STATES, "postal_code": LINES, "country": COUNTRIES}
IDS = (*(f"cus_{number}" for number in range(14)), "1001", "cus_" + "x" * 20)
LIMITS = {"companyname": 7, "firstname": 3, "lastname": 5, "entityid": 14, "email": 32, "phone": 18, "addrphone": 18}
SHORT = LIMITS | {"addressee": 6, "addr1": 10, "addr2": 12, "city": 12, "state": 10, "zip": 10, "custentity_region": 10}
START = datetime(2024, 1, 1, tzinfo=UTC)

TARGETS = ("companyname", "firstname", "lastname", "entityid", "email", "phone", "custentity_region")


def pool(path: str) -> tuple[str, ...]:
    return POOLS.get(path) or OF_PART[path.rpartition(".")[2]]


def texts(path: str) -> st.SearchStrategy[str | None]:
    return st.none() | st.sampled_from(pool(path)) | st.text(max_size=20)


def rows() -> st.SearchStrategy[list[dict[str, Any]]]:
    fields = {path: texts(path) for path in PATHS}
    when = st.integers(0, 200).map(lambda seconds: START + timedelta(seconds=seconds))
    row = st.fixed_dictionaries({"id": st.sampled_from(IDS), "created": when} | fields)
    crowd = st.lists(row, min_size=6, max_size=16, unique_by=lambda one: one["id"])
    return st.lists(row, min_size=1, max_size=2, unique_by=lambda one: one["id"]) | crowd


def settings() -> st.SearchStrategy[CreateSettings]:
    who = st.sampled_from([None, IndividualWhen(), IndividualWhen("kind", "Person")])
    constants = {target: st.sampled_from([None, "Some Default 12345678"]) for target in TARGETS}
    paths = st.sampled_from([*PATHS, "id"])
    mapping = st.dictionaries(paths, st.none() | st.sampled_from(TARGETS), max_size=3)
    return st.builds(
        CreateSettings,
        subsidiary=st.sampled_from([None, 2]),
        entity_id=st.sampled_from(["name", "stripe_id", "auto"]),
        individual_when=who,
        entity_status=st.sampled_from([None, 13]),
        custom_form=st.sampled_from([None, 7]),
        currency=st.sampled_from([None, "EUR"]),
        country=st.sampled_from([None, "US"]),
        email_fallback=st.sampled_from(["stripe_id", "none"]),
        defaults=st.fixed_dictionaries({}, optional=constants | {"custentity_flag": st.sampled_from([True, 3, None])}),
        mapping=mapping.filter(lambda found: found.get("id", "") is not None and _is_unique(found)),
        limits=st.sampled_from([{}, SHORT]),
        links=st.builds(links, st.sampled_from([None, "custentity_stripe"]), comments=st.booleans()),
    )


def _is_unique(mapping: dict[str, str | None]) -> bool:
    targets = [target for target in mapping.values() if target is not None]
    return len(targets) == len(set(targets))


def made(rows: list[dict[str, Any]], existing: list[str | None], settings: CreateSettings) -> list[dict[str, Any]]:
    texts = dict.fromkeys(PATHS, pl.String())
    schema = pl.Schema({"id": pl.String(), "created": pl.Datetime("us", "UTC"), **texts})
    customers = pl.LazyFrame(rows, schema=schema)
    there = pl.LazyFrame({"entity_id": existing}, schema={"entity_id": pl.String})
    return new_records(customers, there, settings).collect().to_dicts()
