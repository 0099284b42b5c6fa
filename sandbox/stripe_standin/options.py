"""What can be switched on the stand-in, each with a documented default.

The defaults are the documented behaviour, or the most likely one. "Observed" marks what third parties recorded of the
live service, "unknown" what nobody has shown: a client must work with the switch in both positions.
"""

from dataclasses import dataclass, field

from pyrate_limiter import AbstractClock, MonotonicClock


@dataclass(frozen=True, kw_only=True)
class StandInOptions:
    """The switches. Rates are requests per second; None switches a limit off."""

    endpoint_rate: int | None = 25
    """Documented: 25 a second for each endpoint, whatever the object id."""
    live_rate: int | None = 100
    """Documented: 100 a second for a whole account in live mode."""
    test_rate: int | None = 25
    """Documented: 25 a second for a whole account in test mode."""
    burst: int = 25
    """How many requests a rested bucket takes at once. Unknown; one second's worth is assumed."""
    rate_clock: AbstractClock = field(default_factory=MonotonicClock)
    """What the buckets are refilled by."""
    endpoint_concurrency: int | None = None
    """Requests of one endpoint at a time. Documented to exist; the number is unpublished."""
    retry_after: int | None = None
    """Seconds in a `Retry-After` header on 429. Undocumented; None sends none."""
    latency: float = 0.0
    """Seconds that each request takes before it is answered. List pages of a live account take one to two."""
    gzip: bool = True
    """Whether answers are compressed when the client accepts it."""
    clamps_limit: bool = True
    """Observed: a limit outside 1 to 100 is clamped silently. False: it is an error, as the documentation suggests."""
    deleted_cursor_resolves: bool = True
    """Unknown: whether a cursor that names a deleted customer is still a place in the order. False: it is an error."""
    carried_cursor_is_empty: bool = False
    """Reported once: a cursor that another window issued can yield an empty page. True plays that trap."""
    deleted_update_succeeds: bool = False
    """Unknown: whether an update of a deleted customer is answered with 200 (and no effect) or with an error."""
