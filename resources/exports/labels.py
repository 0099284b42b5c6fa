"""The labels of export files that are known by one of them; what else is in the files is not looked at."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from resources.exports.file import check_header
from resources.exports.files import export_files
from resources.exports.header import Header


def labels_of(
    root: Path, names: Sequence[str], key: str, encoding: str | None, labels: Mapping[str, str] | None = None
) -> list[str]:
    """Return the labels that each of some files has once, in the order of the first.

    Args:
        root: the folder that paths begin at.
        names: the files as a declaration names them.
        key: the label by which the row of labels is known.
        encoding: of the files, where they are not UTF-8.
        labels: as for `open_export`.

    Raises:
        ExportError: a file cannot be read.
    """
    found: list[tuple[str, ...]] = []

    def keep(header: Header) -> None:
        found.append(header.labels)

    for path in export_files(root, names):
        check_header(path, key, keep, encoding=encoding, labels=labels or {})
    first, *others = found
    return [
        label
        for label in first
        if label and first.count(label) == 1 and all(labels.count(label) == 1 for labels in others)
    ]
