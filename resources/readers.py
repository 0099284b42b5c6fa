"""What an extract is asked, whichever way it comes: export files and APIs look alike to the assets."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol, runtime_checkable

from resources.extracts.extract import Extract, Known
from resources.extracts.on_disk import Disk
from resources.extracts.source_identity import SourceIdentity

SECONDS_OF_A_TEST: Final = 20.0
"""For so long an API is asked whether it can be read."""

OnProgress = Callable[[str], None]
"""Is told, every few seconds, in words and counts, how far a read is."""


class StripeReader(Protocol):
    """Gives Stripe customers by their time of creation."""

    @property
    def source(self) -> str:
        """Where they come from, in words."""

    @property
    def origin(self) -> SourceIdentity:
        """Where they come from, to be compared: nothing read elsewhere is mixed with them."""

    def test(self) -> str:
        """Ask whether it can be read, and say in a sentence what was found. Raises what `customers` would raise."""

    def customers(
        self, start: datetime, end: datetime, known: Known | None, progress: OnProgress, disk: Disk | None = None
    ) -> Extract:
        """The customers created in [start, end), UTC, as `schemas.customers.StripeCustomers`.

        Where `known` holds an earlier read of the same range, a reader may read no more than what has changed since.
        Rows that are too many for memory may be left on the `disk`.
        """


class NetsuiteReader(Protocol):
    """Gives NetSuite customers."""

    @property
    def source(self) -> str:
        """Where they come from, in words."""

    @property
    def origin(self) -> SourceIdentity:
        """Where they come from, to be compared: nothing read elsewhere is mixed with them."""

    def test(self) -> str:
        """Ask whether it can be read, and say in a sentence what was found. Raises what `customers` would raise."""

    def customers(self, known: Known | None, progress: OnProgress, disk: Disk | None = None) -> Extract:
        """All rows of the saved search, as `schemas.customers.NetsuiteCustomers`.

        Where `known` holds an earlier read, a reader may read no more than what has changed since. Rows that are too
        many for memory may be left on the `disk`.
        """


class ParametersReader(Protocol):
    """Gives the parameters of Stripe customers that NetSuite has."""

    @property
    def source(self) -> str:
        """Where they come from, in words."""

    @property
    def origin(self) -> SourceIdentity:
        """Where they come from, to be compared: nothing read elsewhere is mixed with them."""

    def test(self) -> str:
        """Ask whether it can be read, and say in a sentence what was found. Raises what `rows` would raise."""

    def rows(self, progress: OnProgress) -> Extract:
        """All rows, as `schemas.stripe_matches.NetsuiteParameters`."""


@runtime_checkable
class ReadsFiles(Protocol):
    """A reader that can say whether it would read the same as before, without reading it."""

    def content(self) -> str | None:
        """A hash of all that an extract depends on: files, what is declared of them, the month; None: it cannot say."""


def to_set(keys: Sequence[str], unset: Mapping[str, str]) -> str:
    """What a person has to set, in words: the variable where the declaration names one, else the key itself."""
    return "set " + ", ".join(f"{unset[key]} ({key})" if key in unset else key for key in keys)
