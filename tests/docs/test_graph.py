"""The graph on the pages shows the assets that a declaration over two APIs becomes, those that write included."""

import re
from collections.abc import Mapping
from pathlib import Path

import dagster as dg
import pytest

from docs.graph import PAGES, filled, mermaid, specs
from pipelines.jobs.selections import ASSETS, WRITES


@pytest.fixture(scope="module")
def loaded() -> Mapping[str, dg.AssetSpec]:
    return specs()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_graph_on_the_page_is_that_of_the_definitions(page: Path, loaded: Mapping[str, dg.AssetSpec]) -> None:
    text = page.read_text("utf-8")
    assert "```mermaid" in text
    assert text == filled(text, mermaid(loaded)), "draw it again: python -m docs.graph"


def test_every_asset_is_drawn(loaded: Mapping[str, dg.AssetSpec]) -> None:
    graph = mermaid(loaded)
    assert loaded.keys() == {*ASSETS, *WRITES, "stripe_account", "netsuite_account"}
    assert [name for name in loaded if not re.search(rf"--> {name}$|^ +{name}\b", graph, re.MULTILINE)] == []


def test_an_edge_is_left_out_where_a_longer_way_says_the_same() -> None:
    keys = {name: dg.AssetKey(["acme", name]) for name in ("first", "second", "third")}
    months = dg.MonthlyPartitionsDefinition("2026-01-01")
    assets = {
        "first": dg.AssetSpec(keys["first"], partitions_def=months),
        "second": dg.AssetSpec(keys["second"], deps=[keys["first"]]),
        "third": dg.AssetSpec(keys["third"], deps=[keys["first"], keys["second"]]),
    }
    assert mermaid(assets, writes=["third"]).splitlines() == [
        "flowchart LR",
        '    first["first<br>by month of creation"]',
        "    second",
        '    subgraph writes ["written only from an approved plan, or within the brakes"]',
        "        third",
        "    end",
        "    first --> second",
        "    second --> third",
    ]
