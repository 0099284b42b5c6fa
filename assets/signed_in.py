"""Who started a run. Where the UI has a login, it puts the name into a tag, which no form and no page can set."""

from typing import Final

import dagster as dg

from resources.storage.folders import Folders
from schemas.errors import UserError

WHO: Final = "tieout/who"
"""The tag of a run with the name of the person who was signed in when they started it."""

BY_LOGIN: Final = "where the UI has a login, its name is kept, whatever stands here"
"""For the description of `who` in a form."""


def name_of(run: dg.DagsterRun, typed: str) -> str:
    """The name of the login; where there was none, what the form, the command or the schedule says."""
    return run.tags.get(WHO, typed)


def see_that_it_may_be_read(run: dg.DagsterRun, folders: Folders, typed: str, kinds: tuple[str, ...]) -> None:
    """See that a form names a file that whoever signs in to the UI may have read for them.

    They are not whoever may read this machine's disk: they name files of the checkout, from it on, or of the results,
    of these kinds, and none of the state. Where nobody has signed in, everything may be named.

    Raises:
        UserError: it is another one.
    """
    if WHO not in run.tags:
        return
    meant = (folders.root / typed.strip()).resolve()
    is_inside = any(meant.is_relative_to(folder.resolve()) for folder in (folders.root, folders.out))
    if not is_inside or meant.is_relative_to(folders.home.resolve()) or meant.suffix.lower() not in kinds:
        ends = " or ".join(kinds)
        raise UserError(f"Whoever signs in to the UI names files ({ends}) of the checkout, or of the results.")
