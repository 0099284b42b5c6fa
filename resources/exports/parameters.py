"""The export of a NetSuite search whose column labels are parameters of Stripe (P1, P4); it needs no credential."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from resources.exports.file import check_header, open_export
from resources.exports.files import export_files
from resources.exports.header import Header
from resources.exports.netsuite import as_numbers
from resources.exports.readers import problems_of_files, written_at
from resources.extracts.extract import Extract, join_extracts, warnings_of_a_file
from resources.extracts.netsuite_rows import without_empty_marks
from resources.extracts.parameters import Labels, parameters_of
from resources.extracts.source_identity import EXPORT_FILE, SourceIdentity
from resources.extracts.unique import RowSource
from resources.readers import OnProgress
from schemas.errors import ExportError
from schemas.words import many

_IF_DIFFERING = "the file was edited, or a join in the saved search multiplies rows; export one row per customer"


@dataclass(frozen=True)
class ParametersExportReader:
    """The parameters of Stripe customers from an export. See `resources.readers.ParametersReader`.

    Attributes:
        root: the folder that paths begin at.
        files: the files as the declaration names them.
        id_label: the label of the internal ids.
        sync_path: the parameter by which customers are found.
        encoding: of the files, where they are not UTF-8.
    """

    root: Path
    files: Sequence[str]
    id_label: str
    sync_path: str
    encoding: str | None = None

    @property
    def source(self) -> str:
        """The files as the declaration names them."""
        return ", ".join(self.files)

    @property
    def origin(self) -> SourceIdentity:
        """An export file, the label of its ids, and the parameter by which customers are found."""
        return SourceIdentity(EXPORT_FILE, ("to_stripe", self.id_label.strip(), self.sync_path))

    def test(self) -> str:
        """Read the file, and count."""
        return f"{self.source}: {many(self.rows(print).frame.height, 'NetSuite row')} for Stripe."

    def rows(self, progress: OnProgress) -> Extract:  # noqa: ARG002 (files are read whole)
        """Read all files."""
        parts = [self._rows_of(path) for path in export_files(self.root, self.files)]
        if len({tuple(part.frame.columns) for part in parts}) > 1:
            raise ExportError(f"{self.source}: the files have different labels; export them with the same columns.")
        differing = "one of the files is older, or was edited; leave that one out"
        return join_extracts(parts, "internal_id", RowSource(self.source, differing))

    def problems(self) -> Iterator[str]:
        """What is wrong with the labels of the files, a sentence each; their rows are not looked at."""
        check = partial(check_header, key=self.id_label, check=self._labels, encoding=self.encoding)
        yield from problems_of_files(self.root, self.files, check)

    def _rows_of(self, path: Path) -> Extract:
        exported_at = written_at(path)
        with open_export(path, self.id_label, check=self._labels, encoding=self.encoding) as export:
            labels = self._labels(export.header)
            fields = {"internal_id": self.id_label, **{name: name for name in labels.paths}}
            text = export.read(fields)
            numbered = text.with_columns(as_numbers(text.get_column("internal_id"), export, fields))
        extract = labels.extract(without_empty_marks(numbered), RowSource(str(path), _IF_DIFFERING))
        warnings = warnings_of_a_file(ends_with_newline=export.ends_with_newline, lost=export.lost, rows=export.rows)
        return replace(extract, rows_read=text.height, warnings=warnings, exported_at=exported_at)

    def _labels(self, header: Header) -> Labels:
        header.position(self.id_label)
        others = [label for label in header.labels if not header.is_label(label, self.id_label)]
        return parameters_of(others, self.sync_path, str(header.source), ExportError)
