"""What Dagster shows beside every asset of a declaration: who owns it, its stage, and the code that it comes from."""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import dagster as dg

from assets.reconciliation import Reconciliation

STAGE: Final = "tieout/stage"
"""The tag of an asset that names its stage, so that one can look for `tag:"tieout/stage"="match"`."""

_STAGES: Final = {
    "extract": ("stripe_customers", "netsuite_customers", "netsuite_sync", "stripe_transactions"),
    "match": ("customer_matches", "stripe_matches"),
    "plan": ("portal_links", "review_queue", "write_plan"),
    "report": ("reconciliation_report",),
}
_STAGE_OF: Final = {asset: stage for stage, assets in _STAGES.items() for asset in assets}

_CODE: Final = "dagster/code_references"

Assets = Sequence[dg.AssetsDefinition | dg.AssetSpec]


def described(sync: Reconciliation, assets: Assets, stage: str = "write") -> Assets:
    """The same assets with owners, as the declaration names them, and a tag with their stage.

    Args:
        sync: the declaration.
        assets: some of its assets.
        stage: of those that are not known by name.
    """
    owners = sync.declaration.owners
    return dg.map_asset_specs(
        lambda spec: spec.merge_attributes(owners=owners, tags={STAGE: _STAGE_OF.get(spec.key.path[-1], stage)}),
        assets,
    )


def with_code(assets: Assets, declared: tuple[Path, int] | None) -> Assets:
    """The same assets with links to their code, and to the place where their declaration begins, if it is in a file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)  # Dagster calls code references beta
        found = dg.with_source_code_references(assets)
        linked = [each for each in found if isinstance(each, (dg.AssetsDefinition, dg.AssetSpec))]
        if declared is None:
            return linked
        file, line = declared
        place = dg.LocalFileCodeReference(file_path=str(file), line_number=line, label="declaration")
        return dg.map_asset_specs(lambda spec: spec.merge_attributes(metadata=_further(spec, place)), linked)


def _further(spec: dg.AssetSpec, place: dg.LocalFileCodeReference) -> dict[str, dg.CodeReferencesMetadataValue]:
    found = spec.metadata.get(_CODE)
    own = found.code_references if isinstance(found, dg.CodeReferencesMetadataValue) else []
    return {_CODE: dg.CodeReferencesMetadataValue(code_references=[*own, place])}
