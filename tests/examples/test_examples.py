"""The example files are what their generator writes, and everything that can happen happens in them."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from schemas.words import COMMENTS_LIMIT, OUTCOMES
from tests.assets.matching import oracle
from tests.examples.rows import NETSUITE, STRIPE, Row, read, world

EXAMPLES = Path(__file__).parents[2] / "examples"
FILES = ("stripe_customers.csv", "netsuite_customers.csv")
EVIDENCE = {"metadata", "stripe_id", "external_id", "comments", "email = email", "name = company_name", None}


@pytest.fixture(scope="module")
def stripe() -> list[Row]:
    return read(STRIPE)


@pytest.fixture(scope="module")
def netsuite() -> list[Row]:
    return read(NETSUITE)


@pytest.fixture(scope="module")
def verdicts() -> dict[str, oracle.Verdict]:
    return {verdict.stripe_customer_id: verdict for verdict in oracle.verdicts(world())}


def test_generator_writes_the_same_bytes_again(tmp_path: Path) -> None:
    subprocess.run([sys.executable, EXAMPLES / "make_examples.py", tmp_path], check=True)
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (EXAMPLES / name).read_bytes()


def test_files_hold_a_few_hundred_rows_with_unique_ids(stripe: list[Row], netsuite: list[Row]) -> None:
    assert 400 <= len(stripe) == len({row["id"] for row in stripe}) <= 500
    assert 400 <= len(netsuite) == len({row["Internal ID"] for row in netsuite}) <= 500


@pytest.mark.parametrize("name", FILES)
def test_file_is_utf8_without_byte_order_mark(name: str) -> None:
    text = (EXAMPLES / name).read_bytes().decode("utf-8")
    assert not text.startswith("\ufeff")
    assert "\r" not in text


def test_stripe_ids_and_dates_have_the_form_of_an_export(stripe: list[Row]) -> None:
    assert all(re.fullmatch(r"cus_[0-9A-Za-z]{14}", row["id"]) for row in stripe)
    assert all(re.fullmatch(r"20\d\d-\d\d-\d\d \d\d:\d\d", row["Created (UTC)"]) for row in stripe)
    assert min(row["Created (UTC)"] for row in stripe) >= "2019-05"
    assert max(row["Created (UTC)"] for row in stripe) < "2026-11"


def test_every_address_lies_on_a_reserved_domain(stripe: list[Row], netsuite: list[Row]) -> None:
    addresses = [row["Email"].strip().lower() for row in [*stripe, *netsuite]]
    assert all(re.search(r"(\.example|\.test|\bexample\.com)$", address) for address in addresses if address)


def test_every_outcome_occurs(verdicts: dict[str, oracle.Verdict]) -> None:
    assert {verdict.outcome for verdict in verdicts.values()} == {*OUTCOMES} - {"global"}


def test_every_evidence_of_an_export_occurs(verdicts: dict[str, oracle.Verdict]) -> None:
    assert {verdict.evidence for verdict in verdicts.values()} == EVIDENCE


def test_most_customers_tie_out(verdicts: dict[str, oracle.Verdict]) -> None:
    outcomes = Counter(verdict.outcome for verdict in verdicts.values())
    assert outcomes["linked"] + outcomes["matched"] > 0.75 * outcomes.total()


def test_comments_reach_the_limit_from_both_sides(netsuite: list[Row]) -> None:
    lengths = {len(row["Comments"]) for row in netsuite}
    room = COMMENTS_LIMIT - len("\ncus_") - 14
    assert {room, room + 1, COMMENTS_LIMIT} <= lengths
    assert max(lengths) == COMMENTS_LIMIT


def test_candidates_differ_in_order_as_numbers_and_as_text(verdicts: dict[str, oracle.Verdict]) -> None:
    several = [(v.candidate_ids or "").split() for v in verdicts.values() if v.outcome == "ambiguous"]
    assert any(ids != sorted(ids) for ids in several)


def test_a_longer_token_in_comments_is_no_link(verdicts: dict[str, oracle.Verdict], netsuite: list[Row]) -> None:
    inside = [s for s in verdicts if any(re.search(rf"{s}\w", row["Comments"]) for row in netsuite)]
    assert len(inside) == 2
    assert {verdicts[s].outcome for s in inside} == {"unmatched"}
