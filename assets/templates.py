"""The templates of pages, compiled once for all processes: to compile them takes as long as a stage of a small run.

What is compiled lies where Python keeps what it has compiled of the same folder, and is trusted as that is.
"""

import sys
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket

from assets.code_version import code_version


def templates(folder: Path) -> Environment:
    """Return a Jinja environment of a folder that escapes everything: names and e-mails are foreign text."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_Compiled(str(Path(cache_from_source(str(folder / "__init__.py"))).parent), "jinja_%s.pyc"),
    )


class _Compiled(FileSystemBytecodeCache):
    """What was compiled by the same code, libraries and Python; where nothing can be kept, nothing is."""

    def get_source_checksum(self, source: str) -> str:
        return super().get_source_checksum(source + code_version())

    def dump_bytecode(self, bucket: Bucket) -> None:
        if not sys.dont_write_bytecode:
            with suppress(OSError):
                super().dump_bytecode(bucket)
