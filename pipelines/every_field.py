"""Readers of a declaration that give every field there is, declared or not: all columns, all metadata keys in use."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from assets.reconciliation import Reconciliation
from resources.exports.labels import labels_of
from resources.exports.readers import NetsuiteExportReader, StripeExportReader
from resources.exports.stripe_fields import Further
from resources.netsuite_api.reading.reader import NetsuiteApiReader
from resources.readers import NetsuiteReader, StripeReader
from resources.stripe_api.reading.reader import StripeApiReader
from schemas.declaration.rules import STRIPE_PATHS

_OWN_LABELS = frozenset({"id", "created (utc)", "email", "name", "description", "phone"})
_OF_METADATA = " (metadata)"


@dataclass(frozen=True)
class EveryField:
    """The readers, and of each NetSuite name that is not declared the label of its column."""

    stripe: StripeReader
    netsuite: NetsuiteReader
    undeclared: Mapping[str, str]


def with_every_field(sync: Reconciliation) -> EveryField:
    """Open readers that give every field.

    Raises:
        UserError: a file or an account cannot be asked what it has.
        TransientError: an account could not be asked.
    """
    netsuite, fields = _netsuite_labels(sync), dict(sync.declaration.netsuite_fields)
    declared = {label.strip() for label in fields.values()}
    undeclared = dict(field_names([label for label in netsuite if label not in declared], fields))
    if isinstance(sync.netsuite, NetsuiteExportReader | NetsuiteApiReader):
        return EveryField(_stripe(sync.stripe), replace(sync.netsuite, fields={**fields, **undeclared}), undeclared)
    return EveryField(sync.stripe, sync.netsuite, {})


def field_names(labels: Iterable[str], taken: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Give each label a name that a declaration can have: its letters, or its place among the others."""
    seen = {*taken, "is_customer"}
    for at, label in enumerate(labels, 1):
        letters = "".join(c if c.isascii() and c.isalnum() else " " for c in label.lower())
        name = "_".join(letters.split())[:40]
        name = name if name[:1].isalpha() else f"column_{at}"
        name = f"{name}_{at}" if name in seen else name
        seen.add(name)
        yield name, label


def _netsuite_labels(sync: Reconciliation) -> list[str]:
    reader = sync.netsuite
    if isinstance(reader, NetsuiteExportReader):
        return labels_of(reader.root, reader.files, reader.fields["internal_id"], reader.encoding)
    if isinstance(reader, NetsuiteApiReader):
        with reader.test_client() as client:
            labels = [column.label.strip() for column in client.search_columns(reader.settings.mass_search or "")]
        return [label for label in labels if label and labels.count(label) == 1]
    return []


def _stripe(reader: StripeReader) -> StripeReader:
    if isinstance(reader, StripeApiReader):
        keys = dict.fromkeys([*reader.metadata_keys, *reader.metadata_in_use()])
        return replace(reader, metadata_keys=list(keys), further=list(dict.fromkeys([*reader.further, *STRIPE_PATHS])))
    if not isinstance(reader, StripeExportReader):
        return reader
    labels = labels_of(reader.root, reader.files, reader.labels.get("id", "id"), reader.encoding, reader.labels)
    keys = dict.fromkeys(
        [*reader.metadata_keys, *(label[: -len(_OF_METADATA)] for label in labels if label.endswith(_OF_METADATA))]
    )
    others = [label for label in labels if label.casefold() not in _OWN_LABELS and not label.endswith(_OF_METADATA)]
    known = {label for named in STRIPE_PATHS.values() for label in named}
    paths = [path for path, named in STRIPE_PATHS.items() if any(label in named for label in others)]
    more = [*reader.further.if_there, *paths, *(label for label in others if label not in known)]
    further = Further(reader.further.needed, list(dict.fromkeys(more)), ())
    return replace(reader, metadata_keys=list(keys), further=further)
