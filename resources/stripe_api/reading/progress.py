"""How far a walk through a list is, in words for a person."""

from collections.abc import Callable

from resources.readers import OnProgress
from resources.stripe_api.reading.parallel_list import ListProgress


def in_words(progress: OnProgress) -> Callable[[ListProgress], None]:
    """Put the progress of a walk into words; a short one can be faster than the limit, which would only puzzle."""

    def tell(now: ListProgress) -> None:
        windows = f"{now.windows_done} of {now.windows_done + now.windows_open} windows"
        speed = f", {now.rate:.1f} of {now.limit} requests a second" if now.rate <= now.limit else ""
        progress(f"{now.rows:,} Stripe customers, {windows}{speed}")

    return tell
