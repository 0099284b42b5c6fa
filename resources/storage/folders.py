"""Where things are kept: the checkout, the state, the results. How files get there is in `atomic`."""

import os
from dataclasses import dataclass
from pathlib import Path

from resources.storage.local import LocalStorage
from resources.storage.protocol import Storage

_CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Folders:
    """The folders of one installation.

    Attributes:
        root: export paths in declarations start here.
        home: state: Dagster's own storage, frames between stages, kept plans and their inputs.
        out: results, one folder per declaration.
    """

    root: Path
    home: Path
    out: Path

    @classmethod
    def from_environment(cls) -> "Folders":
        """`DAGSTER_HOME` and `TIEOUT_OUT`, or `.dagster` and `out` in the checkout."""
        home = Path(os.environ.get("DAGSTER_HOME") or _CHECKOUT / ".dagster")
        out = Path(os.environ.get("TIEOUT_OUT") or _CHECKOUT / "out")
        return cls(root=_CHECKOUT, home=home.resolve(), out=out.resolve())

    def results(self, name: str) -> Path:
        """The folder of a declaration's results."""
        return self.out / name

    def compared(self, name: str) -> Path:
        """The folder of what comparing a declaration with another one found."""
        return self.out / f"{name}-compared"

    def frames(self, name: str) -> Storage:
        """What keeps a declaration's frames between stages."""
        return LocalStorage(self.home / "frames" / name)

    def plans(self, name: str, accounts: str) -> Storage:
        """What keeps a declaration's plans for these accounts, each named by the hash of its content."""
        return LocalStorage(self.home / "plans" / name / accounts)

    def inputs(self, name: str, accounts: str) -> Storage:
        """What keeps the inputs of these plans, each named by the hash of its content."""
        return LocalStorage(self.home / "inputs" / name / accounts)
