"""Whom metadata holds back, and whom the allow list lets in."""

from dataclasses import replace

import pytest

from tests.assets.matching.oracle import Verdict, verdicts
from tests.assets.matching.small_worlds import SETTINGS, customer, record, verdict_of, world


@pytest.mark.rule("C2")
@pytest.mark.parametrize("flag", ["true", " TRUE "])
def test_a_block_in_metadata_holds_even_an_override(flag: str) -> None:
    small = world(customer(metadata_netsuite_block_integration=flag), record(7), cus_1=7)
    reason = "metadata: netsuite_block_integration is true"
    assert verdict_of(small) == Verdict("cus_1", "held", evidence="metadata", reason=reason)


@pytest.mark.rule("C2")
def test_an_allow_list_lets_in_only_whom_it_names() -> None:
    settings = replace(SETTINGS, allow_list=True)
    out = customer("cus_1", email="a", metadata_netsuite_allow_integration="perhaps")
    let_in = customer("cus_2", email="a", metadata_netsuite_allow_integration="True")
    small = world(out, let_in, record(7, email="a"), settings=settings)
    reason = "metadata: the allow list is on, and netsuite_allow_integration is not true"
    assert verdict_of(small) == Verdict("cus_1", "held", evidence="metadata", reason=reason)
    assert verdict_of(small, "cus_2").outcome == "matched"


@pytest.mark.rule("C2")
@pytest.mark.parametrize(
    ("flag", "outcome"),
    [
        *[(flag, "held") for flag in ("true", "YES", " y", "On", "1", "perhaps", "nein", "2", "#")],
        *[(flag, "matched") for flag in ("false", "No", "n", "OFF", "0", "", " ", "N/A", "null")],
    ],
)
def test_a_block_holds_unless_it_clearly_lets_go(flag: str, outcome: str) -> None:
    small = world(customer("cus_1", email="a", metadata_netsuite_block_integration=flag), record(7, email="a"))
    assert verdict_of(small) == verdicts(small)[0]
    assert verdict_of(small).outcome == outcome
