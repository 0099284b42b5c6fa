"""What Dagster shows beside every asset of a declaration: who owns it, its stage, and the code that it comes from."""

import inspect
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

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

_RESULT: Final = "result"
"""The output of a graph of steps that is the asset."""

Assets = Sequence[dg.AssetsDefinition | dg.AssetSpec]
Metadata = Mapping[str, str | dg.CodeReferencesMetadataValue]


def described(
    sync: Reconciliation,
    assets: Assets,
    declared: tuple[Path, int] | None,
    stage: str = "write",
    metadata: Callable[[str], Metadata] = lambda _: {},
) -> Assets:
    """The same assets with owners, as the declaration names them, a tag with their stage, and links to their code.

    In one go: for each time that an asset is changed Dagster looks at all of it again.

    Args:
        sync: the declaration.
        assets: some of its assets.
        declared: the file and the line where the declaration begins, to which they are linked too.
        stage: of those that are not known by name.
        metadata: what an asset of this name has besides.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)  # Dagster calls code references beta
        code = {key: place for each in assets if isinstance(each, dg.AssetsDefinition) for key, place in _code_of(each)}
        begins = [] if declared is None else [_place(str(declared[0]), declared[1], "declaration")]

        def whole(spec: dg.AssetSpec) -> dg.AssetSpec:
            name, links = spec.key.path[-1], [*code.get(spec.key, []), *begins]
            linked: Metadata = {_CODE: dg.CodeReferencesMetadataValue(code_references=[*links])} if links else {}
            return spec.merge_attributes(
                owners=sync.declaration.owners,
                tags={STAGE: _STAGE_OF.get(name, stage)},
                metadata={**metadata(name), **linked},
            )

        return dg.map_asset_specs(whole, assets)


def _code_of(asset: dg.AssetsDefinition) -> Iterator[tuple[dg.AssetKey, list[dg.LocalFileCodeReference]]]:
    """Where the function of an asset begins, as it says itself: Dagster's own look reads all of its file for it."""
    node = asset.node_def
    made: Any = (
        node if isinstance(node, dg.OpDefinition) else node.resolve_output_to_origin_op_def(_RESULT)
    ).compute_fn
    code = inspect.unwrap(getattr(made, "decorated_fn", made)).__code__
    for key in asset.keys:
        yield key, [_place(code.co_filename, code.co_firstlineno)]


def _place(file: str, line: int, label: str | None = None) -> dg.LocalFileCodeReference:
    return dg.LocalFileCodeReference(file_path=file, line_number=line, label=label)
