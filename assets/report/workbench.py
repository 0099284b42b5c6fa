"""What a person works on in the page: the rows that wait and the records they may be linked to, as one block of JSON.

The block is small for what it holds: column by column, with a list of the different values where they repeat, and no
column without a value. `script/rows.js` reads it. Rows are those of the review in its order, the urgent ones first.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final

import orjson
import polars as pl
from markupsafe import Markup
from polars import selectors
from pydantic import PlainSerializer, PlainValidator

from assets.matching.said_of_new import is_key_held
from assets.report import wording
from assets.report.decision_columns import decidable_for_new
from assets.report.excerpts import TEXT_SHOWN
from assets.report.few_rows import column_of
from assets.report.figures import without_particulars
from assets.report.inputs import ReportInputs, Workplace
from schemas.declaration import Declaration

ROWS: Final = 50_000
"""Rows that the page holds at most; more would make it slow to open, and are in the file."""

BYTES: Final = 16_000_000
"""Bytes of text that those rows have at most."""

_RECORDS_A_ROW: Final = 5
_LABELS: Final = {"name": "Name", "email": "E-mail", "phone": "Phone"}
_IDS: Final = ("netsuite_internal_id", "proposed_internal_id", "candidate_ids", "suggested_ids")
_SHOWN_APART: Final = {
    *("stripe_customer_id", "outcome", "reason", "what_to_do", "created", "email", "name", "records", "group"),
    *("livemode", "candidate_ids", "candidate_details", "suggested_ids"),
}
_WHOLE: Final = ("stripe_customer_id", "what_to_do", "decided")  # what a file of decisions is checked by
_ACCOUNT: Final = re.compile(r"[A-Za-z0-9_]+")
_ESCAPED: Final = {character.encode(): f"\\u{ord(character):04x}".encode() for character in "<>&\u2028\u2029"}


@dataclass(frozen=True)
class Workbench:
    """The block of JSON, how many rows it holds, and how many there are."""

    block: Annotated[Markup, PlainValidator(Markup), PlainSerializer(str)]
    rows: int
    total: int
    file: str


def workplace_of(declaration: Declaration) -> Workplace:
    """Which fields are compared side by side, and where the two systems show a customer, as far as it is known."""
    compared = ((pair.stripe, pair.netsuite) for pair in declaration.rules)
    pairs = ((one, other) for ones, others in compared for one, other in zip(ones, others, strict=True))
    single = [pair for pair in pairs if " + " not in "".join(pair)]
    account = declaration.netsuite.account or ""
    known = _ACCOUNT.fullmatch(account) is not None and declaration.netsuite.base_url is None
    host = account.lower().replace("_", "-")
    return Workplace(
        fields=tuple(dict.fromkeys((*Workplace().fields, *single))),
        stripe=f"https://dashboard.stripe.com/{_acting_for(declaration)}",
        netsuite=f"https://{host}.app.netsuite.com/app/common/entity/custjob.nl?id=" if known else "",
        creates=decidable_for_new(declaration),
    )


def _acting_for(declaration: Declaration) -> str:
    account = declaration.stripe.account or ""
    return f"{account}/" if re.fullmatch(r"acct_\w+", account, re.ASCII) else ""


def workbench(inputs: ReportInputs) -> Workbench:
    """Return what waits for a person, as much of it as the page can hold."""
    rows = _rows(inputs)
    records = _records(inputs, rows)
    place, header = inputs.header.workplace, inputs.header
    file = f"decisions-{header.declaration}.csv"
    block: dict[str, object] = {
        "file": file,
        "store": f"tieout {header.declaration} {header.plan_hash}",
        "stripe": place.stripe,
        "netsuite": place.netsuite,
        **({"creates": place.creates, "held": _held(inputs.review)} if place.creates else {}),
        "fields": [
            (_LABELS.get(one, f"{one}, {other}"), one, other)
            for one, other in place.fields
            if one in rows.columns and other in records.columns
        ],
        "known": [(name, wording.column(name)) for name in inputs.review.columns if name not in _SHOWN_APART],
        "rows": _packed(rows),
        "records": _packed(records),
    }
    return Workbench(embedded(block), rows.height, inputs.review.height, file)


def _held(review: pl.DataFrame) -> list[str]:
    """Customers for whom NetSuite would take no new record, as one that links nobody holds their id."""
    return review.head(ROWS).filter(is_key_held(pl.col("doubt"))).get_column("stripe_customer_id").to_list()


def embedded(block: dict[str, object]) -> Markup:
    """Return JSON that no value can break out of, whether it is read as HTML or as a script."""
    text = orjson.dumps(block)
    for character, escape in _ESCAPED.items():
        text = text.replace(character, escape)
    return Markup(text.decode())  # noqa: S704 - nothing in it can end the block


def _rows(inputs: ReportInputs) -> pl.DataFrame:
    review = inputs.review.head(ROWS)
    review = review.filter(_size(review).cum_sum() <= BYTES)
    wanted = {one for one, _ in inputs.header.workplace.fields} - {*review.columns, "id"}
    sides = [name for name in inputs.stripe.collect_schema() if name in wanted]
    is_test = (~column_of(inputs.stripe, "livemode").cast(pl.Boolean).fill_null(value=True)).any()
    mode = ["livemode"] if is_test else []
    is_here = pl.col("id").is_in(review.get_column("stripe_customer_id").implode())
    stripe = inputs.stripe.filter(is_here).select(*sides, *mode, stripe_customer_id="id")
    return (
        review.lazy()
        .with_columns(records=_named_records(review), group=without_particulars(pl.col("reason")))
        .join(stripe, "stripe_customer_id", "left", maintain_order="left")
        .with_columns(selectors.datetime().dt.strftime("%Y-%m-%d %H:%M"))
        .with_columns(_cut(selectors.string() - selectors.by_name(*_WHOLE, require_all=False)))
        .collect()
    )


def _size(review: pl.DataFrame) -> pl.Expr:
    """Bytes of text of each row; of a column whose values repeat each is in the page once, which is next to nothing."""
    own = [column.name for column in review.select(selectors.string()) if not _repeats(column, column.n_unique())]
    return pl.sum_horizontal(pl.col(own).str.len_bytes().fill_null(0)) if own else pl.lit(0)


def _repeats(column: pl.Series, different: int) -> bool:
    return 2 * different <= column.len()


def _named_records(review: pl.DataFrame) -> pl.Expr:
    """The internal ids that a row speaks of, the likeliest first."""
    ids = [pl.col(name).cast(pl.String) for name in _IDS if name in review.columns]
    if not ids:
        return pl.lit(None, pl.List(pl.Int64))
    text = pl.concat_str(ids, separator=" ", ignore_nulls=True)
    each = pl.when(text != "").then(text.str.split(" "))
    return each.cast(pl.List(pl.Int64)).list.unique(maintain_order=True).list.head(_RECORDS_A_ROW)


def _records(inputs: ReportInputs, rows: pl.DataFrame) -> pl.DataFrame:
    is_named = pl.col("internal_id").is_in(rows.get_column("records").explode().drop_nulls().unique().implode())
    fields = {other for _, other in inputs.header.workplace.fields} | {"company_name"}
    columns = [name for name in inputs.netsuite.collect_schema() if name in fields and name != "internal_id"]
    found = inputs.netsuite.filter(is_named).sort("internal_id")
    return found.select("internal_id", *columns).with_columns(_cut(selectors.string())).collect()


def _cut(text: selectors.Selector) -> pl.Expr:
    return pl.when(text.str.len_chars() > TEXT_SHOWN).then(text.str.head(TEXT_SHOWN) + "…").otherwise(text).name.keep()


def _packed(frame: pl.DataFrame) -> dict[str, object]:
    return {"length": frame.height, "columns": dict(_columns(frame))}


def _columns(frame: pl.DataFrame) -> Iterator[tuple[str, dict[str, object]]]:
    for column in frame:
        if column.null_count() == frame.height:
            continue
        words = column.drop_nulls().unique(maintain_order=True) if column.dtype == pl.String else column
        if not _repeats(column, words.len()):
            yield column.name, {"values": column.to_list()}
        else:
            places = column.replace_strict(words, range(words.len()), default=None, return_dtype=pl.UInt32)
            yield column.name, {"words": words.to_list(), "at": places.to_list()}
