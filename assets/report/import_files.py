"""The files that a person hands to the systems themselves when there is no credential: pure, from the plan.

They are literal, unlike the files that are made to be opened in a spreadsheet: what stands in them is what is imported.
Comments have a file of their own, because an import can only replace them whole.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from typing import Final

import polars as pl

from assets.matching import order_by_text
from assets.report.creation_import import CREATE_FILE, CreationNotes
from schemas.change import REMOVALS
from schemas.link_fields import LinkField, fields_of, in_plan_order
from schemas.repeated import is_repeated
from schemas.words import LINK_FIELD, LINK_KEY, many

RECORDS_FILE: Final = "netsuite_import.csv"
COMMENTS_FILE: Final = "netsuite_import_comments.csv"
STRIPE_FILE: Final = "stripe_updates.csv"
NOTES_FILE: Final = "import_notes.txt"
CLEAR_FILE: Final = "netsuite_clear.csv"
CLEAR_COMMENTS_FILE: Final = "netsuite_clear_comments.csv"

SUBSIDIARY: Final = "subsidiary"
"""Our name of the column that an account with subsidiaries (OneWorld) wants in every import of customers."""

_KEY: Final = "netsuite_internal_id"
_VALUES: Final = in_plan_order(fields_of("netsuite", "value"))
_TEXTS: Final = in_plan_order(fields_of("netsuite", "words"))
_WHOLE_TEXTS: Final = " and ".join(f"whole {field.name}" for field in _TEXTS)


def is_young(made_at: datetime, picture_of: datetime | None, hours: float) -> bool:
    """Whether a picture of some moment is young enough, after so many hours, to replace whole comments from it."""
    return picture_of is not None and made_at - picture_of <= timedelta(hours=hours)


@dataclass(frozen=True)
class ImportNotes:
    """What a person has to know before importing.

    Attributes:
        made_at: the moment of the run, UTC.
        picture_of: the moment whose state the NetSuite customers are, UTC; null where nobody knows.
        hours: up to which age of the picture comments may be imported.
        has_subsidiary: whether the import files carry it.
        records: records of which the plan changes a field that holds one value.
        comments: records whose comments the plan changes.
        creation: what is to be said of new customers; null where the plan has none.
        cleared: records of which a field that holds one value is cleared.
        cleared_comments: records from whose comments an id is taken.
        decide_first: that somebody waits for a decision, which comes first; empty where nobody does.
    """

    made_at: datetime
    picture_of: datetime | None
    hours: float
    has_subsidiary: bool
    records: int
    comments: int
    creation: CreationNotes | None = None
    cleared: int = 0
    cleared_comments: int = 0
    decide_first: str = ""

    @property
    def has_imports(self) -> bool:
        """Whether anything is to be imported into NetSuite, or would be if the picture were younger."""
        return self.creation is not None or bool(self.records or self.comments or self.cleared or self.cleared_comments)

    @property
    def comments_can_be_imported(self) -> bool:
        """Whether the picture is young enough to replace whole comments from it."""
        return is_young(self.made_at, self.picture_of, self.hours)

    def sentences(self) -> Iterator[str]:
        """What is to be said on the page and in the text beside the files."""
        yield self._age()
        if self.decide_first:
            yield self.decide_first
        yield from self._clearing()
        if self.comments and self.comments_can_be_imported:
            yield (
                f"{COMMENTS_FILE} replaces the {_WHOLE_TEXTS} of {many(self.comments, 'record')} with the text of "
                "then and the Stripe id: what somebody has written since is lost. Import it last, at once, or not "
                "at all; over the API nothing is lost."
            )
        elif self.comments:
            yield (
                f"{COMMENTS_FILE} was left out, because it would replace the {_WHOLE_TEXTS} of "
                f"{many(self.comments, 'record')} with a text older than {self.hours:g} hours "
                "(writes.import_comments_hours): export anew."
            )
        if self.has_imports and not self.has_subsidiary:
            yield (
                "An account with subsidiaries (OneWorld) wants the subsidiary in every import: map it as "
                f"{SUBSIDIARY} in netsuite_fields, and the files carry it."
            )
        if self.creation is not None:
            yield from self.creation.sentences()

    def _clearing(self) -> Iterator[str]:
        """On what is taken back where a person decided otherwise."""
        how = "under a mapping of its own with 'Overwrite Missing Fields' on, as its blank cells are to empty fields"
        if self.cleared:
            yield (
                f"{CLEAR_FILE} takes back what Tieout put into {many(self.cleared, 'record')} before a person decided "
                f"otherwise. Import it before all others, {how}; never import another file under that mapping."
            )
        if self.cleared_comments and self.comments_can_be_imported:
            yield (
                f"{CLEAR_COMMENTS_FILE} is the same for the {_WHOLE_TEXTS} of {many(self.cleared_comments, 'record')}, "
                f"{how}: what somebody has written since is lost."
            )
        elif self.cleared_comments:
            yield (
                f"{CLEAR_COMMENTS_FILE} was left out, as the {_WHOLE_TEXTS} of {many(self.cleared_comments, 'record')} "
                f"are known from more than {self.hours:g} hours ago (writes.import_comments_hours): export anew."
            )

    def _age(self) -> str:
        if self.picture_of is None:
            return "Nobody knows how old the NetSuite customers are that these files were made from: reconcile again."
        hours = max((self.made_at - self.picture_of).total_seconds() / 3600, 0)
        age = f"{hours:.1f} hours" if hours < 48 else f"{hours / 24:.0f} days"  # noqa: PLR2004 (two days)
        moment = f"{self.picture_of:%Y-%m-%d %H:%M} UTC"
        return f"The NetSuite customers that these files were made from are those of {moment}, {age} before this run."


def notes_text(notes: ImportNotes, files: Sequence[str]) -> str:
    """The text beside the files."""
    after = " after those that clear" if notes.cleared or notes.cleared_comments else ""
    added = "" if notes.creation is None else f" (of {CREATE_FILE}: Add, as said above)"
    netsuite = (
        f"NetSuite: Setup > Import/Export > Import CSV Records. Relationships, Customers Only; one file at a time, "
        f"{RECORDS_FILE} first{after}. Data Handling: Update{added}. Character encoding: Unicode (UTF-8). Key: "
        "Internal ID. Leave 'Overwrite Missing Fields' off: a blank cell is to change nothing."
    )
    if not notes.has_imports:
        netsuite = "NetSuite: there is nothing to import; the files for it have a header and no rows."
    stripe = (
        f"Stripe: the Dashboard imports no metadata. {STRIPE_FILE} is for `make apply-stripe` or a script of yours."
    )
    last = "Then export both sides again and reconcile: what was imported is no longer planned."
    paragraphs = [
        f"Made {notes.made_at:%Y-%m-%d %H:%M} UTC: {', '.join(files)}.",
        *notes.sentences(),
        netsuite,
        stripe,
        last,
    ]
    return "\n\n".join(paragraphs) + "\n"


def netsuite_import(plan: pl.LazyFrame, netsuite: pl.LazyFrame, labels: Mapping[str, str]) -> pl.DataFrame:
    """One row per record of which a field that holds one value changes: its internal id, and the new values.

    Blank cells are left alone by the import unless a person asks it to overwrite missing fields.

    Args:
        plan: `schemas.plan.Plan`.
        netsuite: `schemas.customers.NetsuiteCustomers`, with `subsidiary` where that is mapped.
        labels: our name → the account's own label of the column.

    Returns:
        String columns under the account's labels, ordered by internal id; only fields that some record changes.
    """
    values = {field.name: changes_of_field(field, plan).select(_KEY, "new_value") for field in _VALUES}
    return _under_labels(values, netsuite, labels)


def comments_import(plan: pl.LazyFrame, netsuite: pl.LazyFrame, labels: Mapping[str, str]) -> pl.DataFrame:
    """One row per record whose comments only get more: its internal id, and the whole new text.

    Arguments and result as for `netsuite_import`.
    """
    removed = plan.filter(pl.col("action") == "remove").select(_KEY)
    texts = {
        field.name: full_texts(changes_of_field(field, plan)).join(removed, on=_KEY, how="anti") for field in _TEXTS
    }
    return _under_labels(texts, netsuite, labels)


def stripe_updates(plan: pl.LazyFrame) -> pl.DataFrame:
    """One row per Stripe customer to update: `id`, `netsuite_customer_id` (both String), ordered by id."""
    updates = (
        plan.filter((pl.col("field") == LINK_FIELD) & pl.col("new_value").is_not_null())
        .select(pl.col("record_id").alias("id"), pl.col("new_value").alias(LINK_KEY))
        .collect()
    )
    return updates[order_by_text(updates.get_column("id"))]


def _under_labels(
    values: Mapping[str, pl.LazyFrame], netsuite: pl.LazyFrame, labels: Mapping[str, str]
) -> pl.DataFrame:
    """Put fields side by side, record by record; `values` has of each field `netsuite_internal_id` and `new_value`."""
    columns = [changes.rename({"new_value": field}) for field, changes in values.items()]
    records = reduce(lambda one, other: one.join(other, on=_KEY, how="full", coalesce=True), columns).sort(_KEY)
    return labelled(records, list(values), netsuite, labels)


def labelled(
    records: pl.LazyFrame, fields: Sequence[str], netsuite: pl.LazyFrame, labels: Mapping[str, str]
) -> pl.DataFrame:
    """Give fields of records, by `netsuite_internal_id`, the account's names; one without a value is left out."""
    carried = [SUBSIDIARY] if SUBSIDIARY in labels else []
    if carried:
        of_record = netsuite.select(SUBSIDIARY, pl.col("internal_id").alias(_KEY))
        records = records.join(of_record, on=_KEY, how="left", maintain_order="left")
    full = records.collect()
    changed = [field for field in fields if full.get_column(field).count()]
    return full.select(
        pl.col(_KEY).cast(pl.String).alias(labels["internal_id"]),
        *(pl.col(field).alias(labels[field]) for field in [*carried, *changed]),
    )


def changes_of_field(field: LinkField, plan: pl.LazyFrame) -> pl.LazyFrame:
    """The changes of a plan that put a known value or word into a field."""
    is_known = pl.col("new_value").is_not_null()  # and no id that a create will give
    is_put = ~pl.col("action").is_in(REMOVALS)
    return plan.filter((pl.col("system") == field.system) & (pl.col("field") == field.name) & is_known & is_put)


def full_texts(appends: pl.LazyFrame) -> pl.LazyFrame:
    """What each record's text holds once every append is made: netsuite_internal_id, new_value."""
    old = pl.col("old_value").replace("", None)
    some = appends.select(_KEY, "old_value", "new_value").collect()
    is_shared = pl.lit(is_repeated(some.get_column(_KEY)))
    appends = some.lazy()
    together = appends.filter(is_shared).group_by(_KEY, maintain_order=True)
    joined = together.agg(pl.col("old_value").first(), pl.col("new_value").str.join("\n"))
    all_of_it = pl.concat([appends.filter(~is_shared).select(_KEY, "old_value", "new_value"), joined])
    return all_of_it.select(_KEY, new_value=pl.concat_str(old, "new_value", separator="\n", ignore_nulls=True))
