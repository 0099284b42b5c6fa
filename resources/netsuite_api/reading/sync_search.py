"""The saved search whose column labels are parameters of Stripe (P1), read whole over the RESTlet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from resources.extracts.extract import Extract
from resources.extracts.parameters import Labels, parameters_of
from resources.extracts.source_identity import SourceIdentity
from resources.extracts.unique import RowSource
from resources.netsuite_api.reading.columns import SearchColumn, Wanted
from resources.netsuite_api.reading.customers import JOINS, described
from resources.netsuite_api.reading.pages import OnRows, Query, collect
from resources.netsuite_api.reading.reader import NetsuiteApiReader
from resources.netsuite_api.session.answers import columns_changed
from resources.netsuite_api.session.restlet import Json, Restlet
from resources.readers import OnProgress
from schemas.errors import UserError
from schemas.stripe_parameters import is_code, is_parameter
from schemas.words import InternalId, many


@dataclass(frozen=True)
class NetsuiteParametersReader:
    """The parameters of Stripe customers over the RESTlet. See `resources.readers.ParametersReader`.

    Attributes:
        netsuite: the way into the account.
        search: id of the search with all of them.
        sync_path: the parameter by which customers are found.
        single_search: id of the search for one customer, which is looked at by a test.
    """

    netsuite: NetsuiteApiReader
    search: str
    sync_path: str
    single_search: str | None = None

    @property
    def source(self) -> str:
        """The account and the search."""
        return f"NetSuite {self.netsuite.settings.account}, saved search {self.search}"

    @property
    def origin(self) -> SourceIdentity:
        """The account, the search, and the parameter by which customers are found."""
        return SourceIdentity(self.netsuite.origin.account, ("to_stripe", self.search, self.sync_path))

    def test(self) -> str:
        """Ask for the columns of the searches."""
        said = []
        with self.netsuite.test_client() as client:
            for search in filter(None, (self.search, self.single_search)):
                labels = _labels(search, described(client.restlet, search), self.sync_path)
                ignored = f"; of no parameter: {', '.join(labels.ignored)}" if labels.ignored else ""
                said.append(f"{search} feeds {', '.join(labels.paths)}{ignored}")
        return f"NetSuite {self.netsuite.settings.account}, to Stripe: {'. '.join(said)}."

    def rows(self, progress: OnProgress) -> Extract:
        """Read the search whole."""
        with self.netsuite.client() as client:
            return read_parameters(
                client.restlet,
                self.search,
                self.sync_path,
                lambda read, count: progress(f"{read:,} of {count:,} NetSuite rows for Stripe"),
            )

    def some(self, ids: Sequence[InternalId]) -> pl.DataFrame:
        """Those of some customers that the search for one customer finds now; without one, the search for all."""
        search = self.single_search or self.search
        with self.netsuite.client() as client:
            return read_parameters(client.restlet, search, self.sync_path, criteria={"ids": list(ids)}).frame


def read_parameters(
    restlet: Restlet,
    search_id: str,
    sync_path: str,
    on_rows: OnRows | None = None,
    criteria: Mapping[str, Json] | None = None,
) -> Extract:
    """Read the rows of a saved search whose labels are parameters, all or by further criteria of the RESTlet.

    Raises:
        UserError: the search cannot be used: a label, grouped rows, differing rows for one customer.
        TransientError: NetSuite could not be asked to the end. What was read till then is thrown away.
    """

    def choose(columns: Sequence[SearchColumn]) -> Wanted:
        return _wanted(columns, _labels(search_id, columns, sync_path))

    parts = 1 if criteria else restlet.settings.concurrency
    query = Query(search_id, choose, restlet.settings.rows_per_call, criteria or {}, parts)
    collected = collect(restlet, query, on_rows)
    if described(restlet, search_id) != collected.columns:  # a column that was added may be a parameter
        raise columns_changed()
    labels = _labels(search_id, collected.columns, sync_path)
    extract = labels.extract(collected.frame, RowSource(f"The saved search {search_id}", JOINS, UserError))
    count = collected.count
    is_counted = count == collected.frame.height and not collected.moved
    return replace(
        extract,
        complete=collected.moved or is_counted,
        proof=f"NetSuite counted {many(count, 'row')}, and as many were read." if is_counted else "",
        read_at=collected.now,
        notes={**extract.notes, "rows_counted_by_netsuite": count, "calls": collected.calls + 1},
    )


def _labels(search_id: str, columns: Sequence[SearchColumn], sync_path: str) -> Labels:
    return parameters_of([_label(column) for column in columns], sync_path, f"The saved search {search_id}")


def _label(column: SearchColumn) -> str:
    """The label, but nothing where a column has none of its own: then it comes under the name of its field."""
    return "" if column.label == column.name and not is_parameter(column.label) else column.label


def _wanted(columns: Sequence[SearchColumn], labels: Labels) -> Wanted:
    numbers = {_label(column).strip(): number for number, column in enumerate(columns)}
    found = tuple(numbers.get(path, -1) for path in labels.paths)
    checkboxes = frozenset(path for path, at in zip(labels.paths, found, strict=True) if columns[at].type == "checkbox")
    return Wanted(labels.paths, found, checkboxes, frozenset(path for path in labels.paths if is_code(path)))
