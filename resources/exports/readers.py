"""The two readers of export files."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import polars as pl

from resources.exports.file import Declared
from resources.exports.files import content_of, export_files
from resources.exports.netsuite import check_netsuite_export, read_netsuite_export
from resources.exports.one_account import refuse_several
from resources.exports.stripe import check_stripe_export, read_stripe_export
from resources.exports.stripe_fields import NOTHING_MORE, Further
from resources.extracts.extract import Extract, Known, join_extracts
from resources.extracts.on_disk import Disk
from resources.extracts.source_identity import EXPORT_FILE, SourceIdentity, labels
from resources.extracts.unique import RowSource
from resources.readers import OnProgress
from schemas.errors import ExportError
from schemas.system_words import BUILT_IN, SystemWords
from schemas.words import DateForm, many


@dataclass(frozen=True)
class StripeExportReader:
    """Stripe customers from a Dashboard export.

    Attributes:
        root: the folder that paths begin at.
        files: the files as the declaration names them.
        since: a customer older than this is an error (UTC).
        metadata_keys: keys that become columns.
        required: columns that a rule needs.
        further: fields that become columns, beside those that every extract has.
        encoding: of the files, where they are not UTF-8.
        dates: what dates mean that leave it open.
        labels: our field → the label of its column, where it is not the Dashboard's.
        account: the account whose customers they have, where the declaration names one.
        mode: likewise `test` or `live`.
    """

    root: Path
    files: Sequence[str]
    since: datetime
    metadata_keys: Sequence[str]
    required: Sequence[str]
    further: Further = NOTHING_MORE
    encoding: str | None = None
    dates: DateForm | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    account: str | None = None
    mode: str | None = None

    @property
    def source(self) -> str:
        """The files as the declaration names them."""
        return ", ".join(self.files)

    @property
    def origin(self) -> SourceIdentity:
        """An export file, the metadata and further fields that become columns, and labels that are declared."""
        said = labels(self.labels) if self.labels else ()
        return SourceIdentity(EXPORT_FILE, ("link_column", *self.metadata_keys, *self.further.names, *said))

    def test(self) -> str:
        """Read the file, and count."""
        rows = self.customers(self.since, _next_month(datetime.now(UTC)), None, print).frame.height
        return f"{self.source}: {many(rows, 'Stripe customer')}."

    def content(self) -> str | None:
        """See `resources.readers.ReadsFiles`."""
        return content_of(self.root, self.files, self, _next_month(datetime.now(UTC)))

    def customers(
        self,
        start: datetime,
        end: datetime,
        known: Known | None,  # noqa: ARG002 (files are read whole)
        progress: OnProgress,  # noqa: ARG002 (it is soon done)
        disk: Disk | None = None,
    ) -> Extract:
        """Read all files, refuse one of which a customer lies outside of all months, and give those in [start, end)."""
        until = _next_month(datetime.now(UTC))
        parts = [self._customers_of(path, until, disk) for path in export_files(self.root, self.files)]
        refuse_several(self.source, [part.notes for part in parts])
        source = RowSource(self.source, "one of the files is older, or was edited; leave that one out")
        whole = join_extracts(parts, "id", source, disk)
        is_asked = pl.col("created").is_between(start, end, closed="left")
        link_column = pl.lit(whole.link_column, pl.String).alias("link_column")
        frame = whole.frame.filter(is_asked).with_columns(link_column)
        if whole.on_disk and disk:
            asked = whole.on_disk
            if not asked.rows.select(is_asked.all()).collect().item():
                asked = disk.kept(asked.rows.filter(is_asked))
            on_disk = replace(asked, rows=asked.rows.with_columns(link_column))
            found = replace(whole, frame=frame, on_disk=on_disk)
        else:
            found = replace(whole, frame=frame)
        outside = whole.rows.height - found.rows.height
        notes = {"rows_of_other_months": outside} if outside else {}
        return replace(found, rows_read=whole.rows_read - outside, notes={**whole.notes, **notes})

    def problems(self) -> Iterator[str]:
        """What is wrong with the labels of the files, a sentence each; their rows are not looked at."""
        check = partial(
            check_stripe_export,
            metadata_keys=self.metadata_keys,
            required=self.required,
            further=self.further,
            declared=self._declared,
        )
        yield from problems_of_files(self.root, self.files, check)

    @property
    def _declared(self) -> Declared:
        return Declared(self.encoding, self.dates, self.labels, self.account, self.mode)

    def _customers_of(self, path: Path, until: datetime, disk: Disk | None) -> Extract:
        return read_stripe_export(
            path,
            since=self.since,
            until=until,
            metadata_keys=self.metadata_keys,
            required=self.required,
            further=self.further,
            declared=self._declared,
            disk=disk,
        )


@dataclass(frozen=True)
class NetsuiteExportReader:
    """NetSuite customers from a saved-search export.

    Attributes:
        root: the folder that paths begin at.
        files: the files as the declaration names them.
        fields: our name → the column's label.
        words: what the words of stages and checkboxes mean.
        encoding: of the files, where they are not UTF-8.
    """

    root: Path
    files: Sequence[str]
    fields: Mapping[str, str]
    words: SystemWords = BUILT_IN
    encoding: str | None = None

    @property
    def source(self) -> str:
        """The files as the declaration names them."""
        return ", ".join(self.files)

    @property
    def origin(self) -> SourceIdentity:
        """An export file, the label of each name, and the words that are declared."""
        return SourceIdentity(EXPORT_FILE, (*labels(self.fields), *self.words.declared))

    def test(self) -> str:
        """Read the file, and count."""
        rows = self.customers(None, print).frame.height
        return f"{self.source}: {many(rows, 'NetSuite row')}."

    def content(self) -> str | None:
        """See `resources.readers.ReadsFiles`."""
        return content_of(self.root, self.files, self)

    def customers(
        self,
        known: Known | None,  # noqa: ARG002 (files are read whole)
        progress: OnProgress,  # noqa: ARG002 (it is soon done)
        disk: Disk | None = None,
    ) -> Extract:
        """Read all files."""
        parts = [self._customers_of(path, disk) for path in export_files(self.root, self.files)]
        differing = "one of the files is older, or was edited; leave that one out"
        return join_extracts(parts, "internal_id", RowSource(self.source, differing), disk)

    def problems(self) -> Iterator[str]:
        """What is wrong with the labels of the files, a sentence each; their rows are not looked at."""
        check = partial(check_netsuite_export, fields=self.fields, encoding=self.encoding)
        yield from problems_of_files(self.root, self.files, check)

    def _customers_of(self, path: Path, disk: Disk | None) -> Extract:
        exported_at = written_at(path)
        read = read_netsuite_export(path, self.fields, self.words, self.encoding, disk)
        return replace(read, exported_at=exported_at)


def written_at(path: Path) -> datetime | None:
    """When a file was written (UTC), by its own time; asked before it is read, so that it is not taken for younger."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC) if path.exists() else None


def problems_of_files(root: Path, files: Sequence[str], check: Callable[[Path], object]) -> Iterator[str]:
    """What a check of the labels says of files, a sentence for each that is not good."""
    for name in files:
        try:
            paths = export_files(root, [name])
        except ExportError as error:
            yield str(error)
            continue
        for path in paths:
            try:
                check(path)
            except ExportError as error:
                yield str(error)


def _next_month(moment: datetime) -> datetime:
    first = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
