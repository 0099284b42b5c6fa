"""A broken declaration in Dagster's UI: an asset that nothing makes, whose description and check say what is wrong."""

import dagster as dg

from pipelines.declarations import Broken

CHECK = "can_be_loaded"


def build_broken(broken: Broken) -> dg.Definitions:
    """The asset `[<name>, declaration]` in the group of the declaration, and its check, which fails."""
    key = dg.AssetKey([broken.label, "declaration"])
    said = "\n\n".join(broken.sentences)
    spec = dg.AssetSpec(
        key,
        group_name=broken.label,
        description=f"**This declaration is broken and not loaded; the others are.**\n\n{said}",
        tags={"tieout/broken": ""},
    )

    @dg.asset_check(asset=key, name=CHECK, description=said)
    def can_be_loaded() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=False, description=said)

    return dg.Definitions(assets=[spec], asset_checks=[can_be_loaded])
