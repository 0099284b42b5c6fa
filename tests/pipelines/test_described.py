"""What the UI shows beside every asset: owners, stage, kinds, columns, and the code and declaration it comes from."""

from pathlib import Path

import dagster as dg
import pytest

from pipelines.customer_sync import build_defs
from pipelines.described import STAGE
from resources.storage.frames import FrameStore
from tests.pipelines.api_world import site as api_site
from tests.reconciling import declaration, site_at, with_frames

OWNERS = ["team:finance", "ada@example.com"]


def by_name(definitions: dg.Definitions) -> dict[str, dg.AssetSpec]:
    return {spec.key.path[-1]: spec for spec in definitions.resolve_all_asset_specs()}


def test_every_asset_and_source_has_the_declared_owners_a_stage_and_kinds(tmp_path: Path) -> None:
    with api_site(tmp_path, owners=OWNERS, to_stripe={"mass_search": "customsearch_x"}) as site:
        specs = by_name(site.definitions)
    assert {name: spec.owners for name, spec in specs.items()} == dict.fromkeys(specs, OWNERS)
    assert {name for name, spec in specs.items() if not spec.kinds} == set()
    assert {name: spec.tags[STAGE] for name, spec in specs.items()} == {
        "stripe_account": "source",
        "netsuite_account": "source",
        "stripe_customers": "extract",
        "netsuite_customers": "extract",
        "netsuite_sync": "extract",
        "customer_matches": "match",
        "stripe_matches": "match",
        "review_queue": "plan",
        "write_plan": "plan",
        "reconciliation_report": "report",
        "netsuite_links": "write",
        "netsuite_external_ids": "write",
        "netsuite_comments": "write",
        "stripe_links": "write",
    }


@pytest.mark.parametrize("owner", ["finance", "team:", "ada@", "a b@example.com", ""])
def test_an_owner_that_dagster_would_not_take_is_a_mistake_of_the_declaration(owner: str) -> None:
    with pytest.raises(ValueError, match="expected an e-mail address, or a team as in team:finance"):
        declaration(owners=[owner])


def test_the_graph_begins_at_the_two_export_files(tmp_path: Path) -> None:
    with site_at(tmp_path, declaration()) as site:
        specs = by_name(site.definitions)
        graph = site.definitions.resolve_asset_graph()
    assert "Read from: stripe.csv." in (specs["stripe_export"].description or "")
    assert {key.path[-1] for key in graph.external_asset_keys} == {"stripe_export", "netsuite_export"}
    assert {key.path[-1] for key in graph.root_executable_asset_keys} == {"stripe_customers", "netsuite_customers"}


def test_the_declared_columns_of_every_frame_are_those_that_a_run_makes(tmp_path: Path) -> None:
    with site_at(tmp_path, declaration()) as site:
        assert site.reconcile().success
        specs = by_name(site.definitions)
        shown = {name: spec.metadata.get("dagster/column_schema") for name, spec in specs.items()}
        frames = site.sync.frames
        made = {name: made_columns(frames, name, site.sync.month_keys()) for name, found in shown.items() if found}
    assert made.keys() == {"stripe_customers", "netsuite_customers", "customer_matches", "review_queue", "write_plan"}
    for name, columns in made.items():
        schema = shown[name]
        assert isinstance(schema, dg.TableSchema)
        required = {each.name for each in schema.columns if "(may be absent)" not in (each.description or "")}
        assert required <= set(columns) <= {each.name for each in schema.columns}, name


def made_columns(frames: FrameStore, name: str, months: list[str]) -> list[str]:
    frame = frames.read_months(name, months) if name == "stripe_customers" else frames.read(name)
    return frame.collect_schema().names()


def test_an_asset_leads_to_its_code_and_to_the_line_of_its_declaration(tmp_path: Path) -> None:
    with site_at(tmp_path, declaration()) as site:
        specs = by_name(with_frames(site.sync.folders, build_defs(site.sync, (tmp_path / "defs.yaml", 7))))
    found = specs["customer_matches"].metadata["dagster/code_references"]
    assert isinstance(found, dg.CodeReferencesMetadataValue)
    code, declared = found.code_references
    assert isinstance(code, dg.LocalFileCodeReference)
    assert isinstance(declared, dg.LocalFileCodeReference)
    assert code.file_path.endswith("assets/matching/customer_matches.py")
    assert "def customer_matches" in "".join(Path(code.file_path).read_text().splitlines()[code.line_number or 0 :])
    assert (declared.file_path, declared.line_number) == (str(tmp_path / "defs.yaml"), 7)
