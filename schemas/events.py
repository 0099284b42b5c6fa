"""What a notifier hears: a run that ended, a review that grew, a plan that waits, a daily run that is missing.

Counts, ids, a hash, a path; never a customer's data.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from schemas.words import shortened

Occasion = Literal["failure", "success", "brakes", "review", "plan", "late", "test"]
"""What happened.

`failure`, `success`: how a run ended. `brakes`: it did not write, as a brake of the daily run held it back. `review`:
more waits for a person than before. `plan`: a plan waits for approval. `late`: the daily run has not happened. `test`:
a person looks whether messages arrive; no declaration asks for that one.
"""

WAITING: Final = "review_queue/waiting"
CHANGES: Final = "write_plan/changes"
_LINES: Final = 20


class RunEvent(BaseModel):
    """One thing that happened, mostly the end of one run.

    Attributes:
        declaration: whose run it was.
        job: which one, such as `acme_daily`.
        run_id: Dagster's id of the run; empty where there was none.
        occasion: what happened.
        at: when.
        counts: what its assets counted, as `write_plan/changes`.
        plan: the hash of the plan that it made, if it made one.
        failed: the steps that failed, and as what kind of error, as `acme__write_plan: UserError`.
        brakes: the brakes that held it back.
        because: what they expected and what they found, in sentences.
        results: the folder of results on the machine that ran it.
        before: how many waited in the review before it grew.
        due: when the daily run that is missing should have begun.
    """

    model_config = ConfigDict(frozen=True)

    declaration: str
    job: str
    run_id: str = ""
    occasion: Occasion
    at: AwareDatetime
    counts: Mapping[str, int] = {}
    plan: str | None = None
    failed: tuple[str, ...] = ()
    brakes: tuple[str, ...] = ()
    because: str = ""
    results: str = ""
    before: int | None = None
    due: AwareDatetime | None = None

    @property
    def sentence(self) -> str:
        """The event in one line.

        >>> from datetime import UTC, datetime
        >>> at = datetime(2026, 8, 31, 5, 31, tzinfo=UTC)
        >>> RunEvent(declaration="acme", job="acme_daily", run_id="4f1c", occasion="success", at=at).sentence
        'acme_daily has succeeded (run 4f1c).'
        """
        return f"{self.what}{f' (run {self.run_id})' if self.run_id else ''}."

    @property
    def what(self) -> str:
        """The event in words, without the run, so that what happened again reads the same."""
        said: dict[Occasion, str] = {
            "failure": f"{self.job} has failed{' in ' * bool(self.failed)}{', '.join(self.failed)}",
            "success": f"{self.job} has succeeded",
            "brakes": f"{self.job} wrote nothing, held back by {', '.join(self.brakes)}"
            + f": {self.because.rstrip('.')}" * bool(self.because),
            "review": f"The review of {self.declaration} grew from {self.before or 0:,} to "
            f"{self.counts.get(WAITING, 0):,}",
            "plan": f"The plan {shortened(self.plan or '')} of {self.declaration} waits for approval; changes: "
            f"{self.counts.get(CHANGES, 0):,}",
            "late": f"{self.job} has not happened: no report was made since {self.due or self.at:%Y-%m-%d %H:%M %Z}",
            "test": f"This is a test of {self.declaration}: its alerts arrive here",
        }
        return said[self.occasion]


def title(events: Sequence[RunEvent]) -> str:
    """What a message is called: the worst of what it tells, and how much more there is.

    >>> from datetime import UTC, datetime
    >>> at = datetime(2026, 8, 31, 5, 31, tzinfo=UTC)
    >>> ended = RunEvent(declaration="acme", job="acme_daily", run_id="4f1c", occasion="success", at=at)
    >>> title([ended, ended.model_copy(update={"occasion": "failure"})])
    'Tieout acme: run failed, and 1 more'
    """
    worst = min(events, key=lambda event: _URGENCY.index(event.occasion))
    more = f", and {len(events) - 1} more" if len(events) > 1 else ""
    return f"Tieout {worst.declaration}: {_CALLED[worst.occasion]}{more}"


def text(events: Sequence[RunEvent]) -> str:
    """A message: a line for each thing that happened, the urgent ones first, and what happened again is counted."""
    return "\n".join(_lines(events))


def _lines(events: Sequence[RunEvent]) -> Iterator[str]:
    last = {event.what: event for event in events}
    times = Counter(event.what for event in events)
    told = sorted(last.values(), key=lambda event: _URGENCY.index(event.occasion))
    for event in told[:_LINES]:
        again = f" {times[event.what]} times, last at {event.at:%H:%M %Z}." if times[event.what] > 1 else ""
        yield event.sentence + again
    if len(told) > _LINES:
        yield f"And {len(told) - _LINES:,} more; see the runs in the UI."


_CALLED: Final[Mapping[Occasion, str]] = {
    "failure": "run failed",
    "late": "daily run missing",
    "brakes": "held back by a brake",
    "plan": "plan waits for approval",
    "review": "review grew",
    "success": "run succeeded",
    "test": "test",
}
_URGENCY: Final = tuple(_CALLED)
