"""What keeps frames and plans, wherever they lie: named contents, each replaced whole, several of them together.

The ledger, locks and the folder of results are not kept through it: the first two need more than names, and results are
a folder of a person's own.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

ABANDONED: Final = timedelta(days=1)
"""After which something unfinished is nobody's, where nobody can say whether its writer lives."""


class Storage(Protocol):
    """A place for contents by name, such as `matches.parquet` or `customers/2024-06-01.parquet`."""

    def names(self, prefix: str = "") -> list[str]:
        """The names of what is there and begins so, sorted."""

    def written(self, names: Iterable[str]) -> Mapping[str, datetime]:
        """When those of these that are there were put there."""

    def address(self, name: str) -> str:
        """Where one is or would be, for people."""

    def fetched(self, names: Iterable[str]) -> Mapping[str, Path]:
        """Those of these that are there, of one moment, each as a file on this machine, which nobody may change.

        A content is looked at before it is scanned, because it is sealed or named by its hash. So all of its bytes come
        here anyway, and nothing is scanned over the network.
        """

    def replaced(self, names: Sequence[str]) -> AbstractContextManager[list[Path]]:
        """Give an empty private file for each name to write to; put all in place when the body has ended, or none.

        Raises:
            UserError, TransientError: they cannot be put there; what was there before still is.
        """

    def room(self) -> AbstractContextManager[Path]:
        """Give a private folder, near by where one can be, for what has no name yet; it is gone with the body."""

    def share(self, files: Mapping[str, Path]) -> None:
        """Put files under these names, too, without a second copy of their bytes where the place can.

        Nobody may change them in place from now on, under either name.
        """

    def remove(self, names: Iterable[str]) -> None:
        """Let these be there no longer, all at once or, where a place cannot, one by one."""

    def tidy(self, abandoned: timedelta = ABANDONED) -> None:
        """Remove what writers that were killed so long ago have left."""
