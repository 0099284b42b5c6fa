"""Where the web server of `make ui` shows the files of a run: links that stay in the UI, wherever that is."""

from collections.abc import Sequence
from typing import Final

import dagster as dg

RESULTS: Final = "/results"
"""The path under which the web server answers for the folder of results."""


def links(name: str, page: str, files: Sequence[str]) -> dict[str, dg.MetadataValue[str]]:
    """Metadata of the report: a link to its page, and links to the files.

    Args:
        name: the declaration.
        page: the file that people read.
        files: what a run has made.
    """
    listed = [f"- [{file}]({RESULTS}/{name}/{file})" for file in sorted(files)]
    return {
        "open_report": dg.MetadataValue.url(f"{RESULTS}/{name}/{page}"),
        "open_files": dg.MetadataValue.md("\n".join(listed)),
    }
