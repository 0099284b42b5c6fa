"""The forms that Dagster's tables have had, of which Alembic reads the files once a process.

Dagster asks for the newest of them twice at each of its SQLite files, and each time dozens of files were read anew.
"""

from functools import cache
from typing import Final

from alembic.config import Config
from alembic.script import ScriptDirectory

_read: Final = ScriptDirectory.from_config
_kept: Final[dict[str | None, ScriptDirectory]] = {}


@cache
def read_revisions_once() -> None:
    """From here on, whoever asks."""
    ScriptDirectory.from_config = _of_place  # type: ignore[method-assign] # there is no other way in


def _of_place(config: Config) -> ScriptDirectory:
    place = config.get_main_option("script_location")
    if place not in _kept:
        _kept[place] = _read(config)
    return _kept[place]
