"""What is kept of a run so that its plan can be made again (X12): extracts, declaration, decisions, rules.

Matching and planning each keep what they look at, as a person may start them apart: a plan can be made today of
yesterday's matches. The way back is in `assets.replay`.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import orjson
import polars as pl

from assets.reconciliation import Reconciliation
from assets.rules_version import RULES_VERSION
from resources.storage.csv import literal
from resources.storage.frames import INPUTS
from resources.storage.kept_inputs import Making, Picture, hash_of_frame, hash_of_text
from schemas.declaration.kept import kept_of
from schemas.matches import DECISIONS_KEPT
from schemas.words import many, shortened

STRIPE, NETSUITE, MATCHES = "stripe_customers", "netsuite_customers", "customer_matches"
_PLANS_NAMED = 10


def keep_picture(
    sync: Reconciliation, decisions: pl.DataFrame, *further: str, traces: pl.DataFrame | None = None
) -> Mapping[str, str]:
    """Keep what a stage looks at, unless the declaration keeps nothing.

    Args:
        sync: of the declaration.
        decisions: `schemas.matches.Overrides`, those that matching follows.
        further: assets that it reads beside the two extracts.
        traces: `assets.planning.taken_back.TRACES`, where it takes some away.

    Returns:
        Metadata of the stage: where that is kept.
    """
    if not sync.declaration.keep_inputs:
        return {}
    frames, months = sync.frames, sync.month_keys()
    of_months = frames.files(STRIPE, months)
    others = [frames.files(name) for name in (NETSUITE, *further)]
    files = of_months | {name: path for each in others for name, path in each.items()}
    hashes = {name: hash_of_frame(path) for name, path in files.items()}
    declared = declaration_as_kept(sync)
    decided = literal(_as_kept(decisions))
    taken_away = literal(traces) if traces is not None and traces.height else b""
    picture = Picture(
        rules=RULES_VERSION,
        unicode=unicodedata.unidata_version,
        declaration=hash_of_text(declared),
        decisions=hash_of_text(decided),
        frames=hashes,
        traces=hash_of_text(taken_away) if taken_away else None,
        months_missing=[month[:7] for month in months if f"{STRIPE}/{month}" not in of_months],
    )
    by_hash = {hashes[name]: path for name, path in files.items()}
    return {INPUTS: sync.kept_inputs.keep(picture, by_hash, [declared, decided, *filter(None, [taken_away])])}


def _as_kept(decisions: pl.DataFrame) -> pl.DataFrame:
    kept = decisions.select(*DECISIONS_KEPT).sort("stripe_customer_id")
    return kept if "create" in kept.get_column("kind") else kept.drop("kind")


def keep_making(
    sync: Reconciliation, plan: str, further: Iterable[str], traces: pl.DataFrame | None = None
) -> list[str]:
    """Keep from what a plan was made, and remove what was kept for longer than is declared.

    Args:
        sync: of the declaration.
        plan: its hash.
        further: assets that it was made from beside the two extracts and the matches.
        traces: those that it takes away.

    Returns:
        Sentences on what was removed, and on a plan of matches whose inputs are not known.
    """
    matching = sync.frames.mark(MATCHES, INPUTS)
    said = []
    if sync.declaration.keep_inputs and matching is None:
        said = [f"The inputs of {MATCHES} were not kept, so that the plan of them cannot be replayed."]
    elif matching is not None:
        decided = pl.DataFrame(schema=DECISIONS_KEPT)  # planning asks for none: they are in the matches
        kept = keep_picture(sync, decided, *further, traces=traces)
        if kept:
            now = sync.clock()
            sync.kept_inputs.record(Making(plan=plan, matching=matching, planning=kept[INPUTS], made_at=now))
    return [*said, *prune_inputs(sync)]


def prune_inputs(sync: Reconciliation, days: int | None = None) -> list[str]:
    """Remove the inputs of plans that are older than so many days, by default those that are declared.

    Returns:
        A sentence on the plans that can no longer be replayed, or none.
    """
    kept_for = sync.declaration.keep_inputs if days is None else days
    before, spared = _before_and_spared(sync, kept_for)
    gone = sync.kept_inputs.prune(before, sync.clock(), spared)
    said = f"are older than {many(kept_for, 'day')} and were removed; these can no longer be replayed"
    return [f"The inputs of {many(len(gone), 'plan')} {said}: {_named(gone)}."] if gone else []


def old_inputs(sync: Reconciliation) -> tuple[str, list[str]]:
    """What `prune_inputs` would remove, as a sentence, empty where it is nothing; and the names of those contents."""
    kept_for = sync.declaration.keep_inputs
    gone, names = sync.kept_inputs.old(*_before_and_spared(sync, kept_for))
    said = f"are older than {many(kept_for, 'day')} and would be removed; these could no longer be replayed"
    return (f"The inputs of {many(len(gone), 'plan')} {said}: {_named(gone)}" if gone else ""), names


def _before_and_spared(sync: Reconciliation, days: int) -> tuple[datetime, list[str]]:
    """The moment before which inputs are old, and what a plan may still be made from."""
    present = sync.frames.mark(MATCHES, INPUTS) if days else None
    return sync.clock() - timedelta(days=days), [present] if present else []


def _named(gone: Sequence[Making]) -> str:
    named = ", ".join(f"{shortened(making.plan)} of {making.made_at:%Y-%m-%d}" for making in gone[:_PLANS_NAMED])
    more = f" and {len(gone) - _PLANS_NAMED:,} more" if len(gone) > _PLANS_NAMED else ""
    return f"{named}{more}"


def declaration_as_kept(sync: Reconciliation) -> bytes:
    """What a declaration says of plans: as it is written, and with every default."""
    said, whole = kept_of(sync.declaration), kept_of(sync.declaration, with_defaults=True)
    return orjson.dumps({"said": said, "whole": whole})
