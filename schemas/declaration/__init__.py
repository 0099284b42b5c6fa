"""What a person may write in a `defs.yaml`, block by block; the whole is `Declaration`."""

from schemas.declaration.declaration import Declaration
from schemas.declaration.writes import Brakes, Writes

__all__ = ["Brakes", "Declaration", "Writes"]
