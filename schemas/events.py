"""What a notifier hears of a run that has ended: counts, ids, a hash, a path; never a customer's data."""

from collections.abc import Mapping
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

Occasion = Literal["failure", "success", "brakes"]
"""How a run ended. `brakes`: it did not write, as a brake of the daily run held it back."""


class RunEvent(BaseModel):
    """The end of one run.

    Attributes:
        declaration: whose run it was.
        job: which one, such as `acme_daily`.
        run_id: Dagster's id of the run.
        occasion: how it ended.
        at: when.
        counts: what its assets counted, as `write_plan/changes`.
        plan: the hash of the plan that it made, if it made one.
        failed: the steps that failed, and as what kind of error, as `acme__write_plan: UserError`.
        brakes: the brakes that held it back.
        results: the folder of results on the machine that ran it.
    """

    model_config = ConfigDict(frozen=True)

    declaration: str
    job: str
    run_id: str
    occasion: Occasion
    at: AwareDatetime
    counts: Mapping[str, int] = {}
    plan: str | None = None
    failed: tuple[str, ...] = ()
    brakes: tuple[str, ...] = ()
    results: str = ""

    @property
    def sentence(self) -> str:
        """The event in one line.

        >>> from datetime import UTC, datetime
        >>> at = datetime(2026, 8, 31, 5, 31, tzinfo=UTC)
        >>> RunEvent(declaration="acme", job="acme_daily", run_id="4f1c", occasion="success", at=at).sentence
        'acme_daily has succeeded (run 4f1c).'
        """
        match self.occasion:
            case "success":
                how = "has succeeded"
            case "brakes":
                how = f"wrote nothing, held back by {', '.join(self.brakes)}"
            case "failure":
                how = f"has failed{' in ' * bool(self.failed)}{', '.join(self.failed)}"
        return f"{self.job} {how} (run {self.run_id})."
