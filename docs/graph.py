"""Keeps the graph on the pages equal to the assets that a declaration over two APIs becomes.

Assets and edges come from the definitions that Dagster loads; an edge is left out where a longer way says the same. The
graph stands between `<!-- graph -->` and `<!-- end -->`, as Mermaid. Draw it again: `python -m docs.graph`.
"""

import re
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path

import dagster as dg

from pipelines.customer_sync import build_defs, reconciliation
from pipelines.jobs.selections import WRITES
from resources.storage.folders import Folders
from schemas.declaration import Declaration

_ROOT = Path(__file__).resolve().parent.parent
PAGES = (_ROOT / "README.md", _ROOT / "docs" / "architecture.md")

_GRAPH = re.compile(r"(<!-- graph -->\n).*?(<!-- end -->)", re.DOTALL)
_WRITES_ARE = "written only from an approved plan, or within the brakes"
OVER_APIS = {
    "name": "acme",
    "stripe": {"api_key": "from the environment"},
    "netsuite": {
        "account": "1234567",
        "mass_search": "customsearch_tieout",
        **dict.fromkeys(("client_id", "certificate_id", "private_key"), "from the environment"),
    },
    "netsuite_fields": {"internal_id": "Internal ID"},
}


def specs() -> dict[str, dg.AssetSpec]:
    """Every asset of a declaration over two APIs, by name. Nothing is read and nothing is asked."""
    definitions = build_defs(reconciliation(Declaration.model_validate(OVER_APIS), Folders.from_environment()))
    found = [
        spec
        for asset in definitions.assets or ()
        for spec in (asset.specs if isinstance(asset, dg.AssetsDefinition) else [asset])
    ]
    return {spec.key.path[-1]: spec for spec in found if isinstance(spec, dg.AssetSpec)}


def filled(page: str, graph: str) -> str:
    """The page with this graph."""
    return _GRAPH.sub(lambda found: f"{found[1]}\n```mermaid\n{graph}\n```\n\n{found[2]}", page)


def mermaid(assets: Mapping[str, dg.AssetSpec], writes: Iterable[str] = WRITES) -> str:
    """The assets and the nearest of what each is made from; those that write stand in a frame of their own."""
    above = {name: {dep.asset_key.path[-1] for dep in spec.deps} for name, spec in assets.items()}
    written = [name for name in assets if name in set(writes)]
    lines = [
        "flowchart LR",
        *(f"    {_node(name, spec)}" for name, spec in assets.items() if name not in written),
        *([f'    subgraph writes ["{_WRITES_ARE}"]', *(f"        {name}" for name in written), "    end"]),
        *(f"    {parent} --> {name}" for name in assets for parent in _nearest(name, above)),
    ]
    return "\n".join(lines)


def _node(name: str, spec: dg.AssetSpec) -> str:
    return f'{name}["{name}<br>by month of creation"]' if spec.partitions_def else name


def _nearest(name: str, above: Mapping[str, set[str]]) -> list[str]:
    """The upstream assets that no other upstream asset already follows."""
    return sorted(parent for parent in above[name] if not any(parent in above[other] for other in above[name]))


def main() -> None:
    """Draw the graph in place."""
    warnings.simplefilter("ignore", dg.BetaWarning)
    graph = mermaid(specs())
    for page in PAGES:
        page.write_text(filled(page.read_text("utf-8"), graph), encoding="utf-8")


if __name__ == "__main__":
    main()
