"""What a person may write in a `defs.yaml`, block by block; the whole is `Declaration`."""

from schemas.declaration.declaration import Brakes, Declaration, Writes

__all__ = ["Brakes", "Declaration", "Writes"]
