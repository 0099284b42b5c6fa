"""The picture shows the assets that Dagster loads, and the files that a run leaves behind."""

import re
from xml.etree import ElementTree as ET

import dagster as dg
import pytest

from docs.graph import PICTURE, Graph, render

_SVG = {"svg": "http://www.w3.org/2000/svg"}


@pytest.fixture(scope="module")
def loaded() -> dg.Definitions:
    from pipelines.definitions import defs  # noqa: PLC0415 (loading every declaration takes seconds)

    return defs


def test_the_picture_names_the_assets_of_a_declaration(loaded: dg.Definitions) -> None:
    real = {spec.key.path[-1] for spec in loaded.resolve_all_asset_specs() if spec.key.path[0] == "example"}
    texts = ET.parse(PICTURE).iterfind(".//svg:text[@class='asset']", _SVG)  # noqa: S314 (our own file)
    assert {text.text for text in texts} == real


def test_the_picture_is_drawn_from_the_definitions_as_they_are(loaded: dg.Definitions) -> None:
    assert PICTURE.read_text("utf-8") == render(Graph.of(loaded, "example")), "draw it anew: python -m docs.graph"


def test_the_picture_names_the_six_files(loaded: dg.Definitions) -> None:
    assert sorted(Graph.of(loaded, "example").files) == [
        "matches.csv",
        "netsuite_import.csv",
        "plan.csv",
        "report.html",
        "review.csv",
        "stripe_updates.csv",
    ]


def test_an_edge_is_left_out_where_a_longer_way_says_the_same() -> None:
    keys = {name: dg.AssetKey(["acme", name]) for name in ("first", "second", "reconciliation_report")}
    specs = [
        dg.AssetSpec(keys["first"]),
        dg.AssetSpec(keys["second"], deps=[keys["first"]]),
        dg.AssetSpec(keys["reconciliation_report"], deps=[keys["first"], keys["second"]]),
    ]
    graph = Graph.of(dg.Definitions(assets=specs), "acme")
    assert graph.parents == {"reconciliation_report": ("second",), "first": (), "second": ("first",)}
    assert graph.columns() == [["first"], ["second"], ["reconciliation_report"]]


def test_the_picture_takes_nothing_from_outside() -> None:
    links = re.findall(r"https?://[^\"]+|url\([^)]+\)|@import", PICTURE.read_text("utf-8"))
    assert set(links) == {"http://www.w3.org/2000/svg", "url(#tip)"}
