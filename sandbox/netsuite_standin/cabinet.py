"""The files of a script as they lie in the file cabinet: those that are shipped, or what a test puts there.

A script is its entry file and the files beside it, by their paths; how they load each other is in `loader.js`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, Self

import orjson

CABINET: Final = Path(__file__).parents[2] / "suitescript/src/FileCabinet"
RESTLET: Final = "/SuiteScripts/tieout/tieout.js"
SUITELET: Final = "/SuiteScripts/tieout_portal/portal.js"
BUTTON: Final = "/SuiteScripts/tieout_button/button.js"


@dataclass(frozen=True)
class Script:
    """A script: the path of its entry file, and the text of every file by its path.

    Example:
        >>> Script.of("define([], () => ({ post: () => 1 }));").files
        {'/SuiteScripts/script.js': 'define([], () => ({ post: () => 1 }));'}
    """

    entry: str
    files: Mapping[str, str]

    @classmethod
    def shipped(cls, entry: str = RESTLET) -> Self:
        """Give a script of the suitescript folder, with every file of its folder and of the RESTlet's."""
        folders = {(CABINET / path.removeprefix("/")).parent for path in (entry, RESTLET)}
        found = (file for folder in sorted(folders) for file in sorted(folder.glob("*.js")))
        texts = {file: file.read_text(encoding="utf-8") for file in found}
        return cls(entry, {f"/{file.relative_to(CABINET).as_posix()}": text for file, text in texts.items()})

    @classmethod
    def of(cls, text: str, **beside: str) -> Self:
        """Make a script of one text, and of the files beside it by their names without `.js`."""
        named = {"script": text, **beside}
        return cls("/SuiteScripts/script.js", {f"/SuiteScripts/{name}.js": body for name, body in named.items()})

    def beside(self, module: str) -> Self:
        """Give the script that begins with another file of the same folder, named as a form names its client script."""
        name = module.removeprefix("./").removesuffix(".js")
        return type(self)(f"{self.entry.rpartition('/')[0]}/{name}.js", self.files)

    def changed(self, old: str, new: str) -> Self:
        """Give the same script with another text wherever `old` stands.

        Raises:
            LookupError: it stands nowhere.
        """
        if not any(old in text for text in self.files.values()):
            raise LookupError(f"No file of {self.entry} has the text {old!r}.")
        return type(self)(self.entry, {path: text.replace(old, new) for path, text in self.files.items()})

    def without(self, name: str) -> Self:
        """Give the same script as if somebody had forgotten to upload one of its files.

        Raises:
            LookupError: there is no such file.
        """
        kept = {path: text for path, text in self.files.items() if not path.endswith(f"/{name}")}
        if len(kept) == len(self.files):
            raise LookupError(f"{self.entry} has no file {name} beside it.")
        return type(self)(self.entry, kept)

    @cached_property
    def as_json(self) -> str:
        """The files as the engine takes them."""
        return orjson.dumps(dict(self.files)).decode()
