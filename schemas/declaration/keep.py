"""How long what runs leave behind is kept: the block `keep` of a declaration. The ledger is kept for ever."""

import dagster as dg
from pydantic import Field

from schemas.declaration.part import DeclaredPart


class Keep(DeclaredPart, dg.Resolvable):
    """For how many days; `make prune` removes what is older, and nothing is removed where nothing is said."""

    frames_days: int | None = Field(None, ge=1, le=36_500, description="frames between stages, if no run replaced them")
    results_days: int | None = Field(None, ge=1, le=36_500, description="files of results, if no run replaced them")
    plans_days: int | None = Field(
        None, ge=30, le=36_500, description="plans of which nothing stands in effect, the last one excepted"
    )
    history_days: int | None = Field(
        None, ge=30, le=36_500, description="Dagster's runs and events; the last ten runs of a job stay"
    )
