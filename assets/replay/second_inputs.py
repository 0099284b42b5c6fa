"""The kept inputs of a plan as another declaration would have them.

Kept are the columns that the plan's own declaration reads. Another one may name more, or read one by another label:
then its export files are read again, if they still hold the same customers. An account has moved on since, so that
there a sentence says which column to add.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

import polars as pl

from assets.extract.netsuite_sync import SYNC
from assets.kept_inputs import NETSUITE, STRIPE
from assets.reconciliation import Reconciliation
from assets.replay.inputs import Inputs
from resources.readers import OnProgress
from schemas.customers import NetsuiteCustomers
from schemas.declaration import Declaration
from schemas.declaration.rules import netsuite_columns, stripe_columns
from schemas.errors import UserError
from schemas.words import many_do

_OWN: Final = tuple(NetsuiteCustomers.to_schema().columns)
_TEXTS: Final = tuple(name for name in _OWN if name not in {"internal_id", "is_customer", "inactive"})
_LOOKED_AT: Final = (*_OWN, "entity_id", "subsidiary")
_NAMED: Final = 5


def frames_for(
    kept: Inputs, label: str, other: Declaration, reading: Reconciliation | None, on_progress: OnProgress
) -> Mapping[str, pl.LazyFrame]:
    """The inputs by which another declaration is tried.

    Args:
        kept: those of a plan.
        label: what the other declaration is called in sentences.
        other: what it says.
        reading: it with its readers, where it has some.
        on_progress: is told what is read again.

    Raises:
        UserError: it needs what was not read, and its files are not there any more or hold other customers.
    """
    return {
        STRIPE: _stripe(kept, label, other, reading, on_progress),
        NETSUITE: _netsuite(kept, label, other, reading, on_progress),
        **({} if other.to_stripe is None else {SYNC: _sync(kept, label, other, reading, on_progress)}),
    }


def _stripe(
    kept: Inputs, label: str, other: Declaration, reading: Reconciliation | None, on_progress: OnProgress
) -> pl.LazyFrame:
    there = kept.stripe.collect_schema().names()
    needed = [*stripe_columns(other.rules), *([other.to_stripe.sync_path] if other.to_stripe else [])]
    lacking = [name for name in dict.fromkeys(needed) if name not in there]
    was, will = kept.declaration.stripe, other.stripe
    reads_otherwise = will.export is not None and (was.encoding, was.dates) != (will.encoding, will.dates)
    if not lacking and not reads_otherwise:
        return kept.stripe
    what = f"Stripe's {_named(lacking)}" if lacking else "Stripe's export in another encoding or form of dates"
    if reading is None or will.export is None:
        raise _not_read(label, what, kept)
    on_progress(f"{label} reads {what}: {reading.stripe.source} is read again")
    until = reading.clock() + timedelta(days=31)
    fresh = reading.stripe.customers(will.first_month, until, None, on_progress).frame
    same = ["id"] if reads_otherwise else [name for name in there if name in fresh.columns]
    return _checked(fresh, kept.stripe, same, label, what, reading.stripe.source)


def _netsuite(
    kept: Inputs, label: str, other: Declaration, reading: Reconciliation | None, on_progress: OnProgress
) -> pl.LazyFrame:
    was, will = _labels(kept.declaration), _labels(other)
    looked_at = {*_LOOKED_AT, *netsuite_columns(other.rules)}
    lacking = [name for name in will if name in looked_at and was.get(name) != will[name]]
    reads_otherwise = kept.declaration.words.declared != other.words.declared or (
        other.netsuite.export is not None and kept.declaration.netsuite.encoding != other.netsuite.encoding
    )
    if not lacking and not reads_otherwise:
        return _without(kept.netsuite, [name for name in was if name not in will])
    what = f"NetSuite's {_named(lacking)}" if lacking else "NetSuite's words or export in another way"
    if reading is None or other.netsuite.export is None:
        raise _not_read(label, what, kept)
    on_progress(f"{label} reads {what}: {reading.netsuite.source} is read again")
    fresh = reading.netsuite.customers(None, on_progress).frame
    unchanged = [name for name in will if was.get(name) == will[name] and name not in {"stage", "inactive"}]
    return _checked(
        fresh, kept.netsuite, ["internal_id"] if reads_otherwise else unchanged, label, what, reading.netsuite.source
    )


def _sync(
    kept: Inputs, label: str, other: Declaration, reading: Reconciliation | None, on_progress: OnProgress
) -> pl.LazyFrame:
    was, will = kept.declaration.to_stripe, other.to_stripe
    if will is None:
        raise ValueError("nothing goes to Stripe")
    is_same = was is not None and (was.export, was.mass_search, was.sync_field) == (
        will.export,
        will.mass_search,
        will.sync_field,
    )
    if is_same and SYNC in kept.frames:
        return kept.frames[SYNC]
    what = "the customers that go to Stripe"
    if reading is None or reading.parameters is None or will.export is None:
        raise _not_read(label, what, kept)
    on_progress(f"{label} reads {what}: {reading.parameters.source} is read now, as it was not read for the plan")
    return reading.parameters.rows(on_progress).frame.lazy()


def _without(netsuite: pl.LazyFrame, unmapped: Sequence[str]) -> pl.LazyFrame:
    """The records as one has them who does not map these names (`resources.extracts.netsuite_rows`)."""
    absent: dict[str, pl.Expr] = {name: pl.lit(None, pl.String) for name in unmapped if name in _TEXTS}
    if "stage" in unmapped:
        absent["is_customer"] = pl.lit(value=True)
    if "inactive" in unmapped:
        absent["inactive"] = pl.lit(value=False)
    return netsuite.with_columns(**absent).drop(name for name in unmapped if name not in _OWN)


def _checked(
    fresh: pl.DataFrame, kept: pl.LazyFrame, columns: Sequence[str], label: str, what: str, source: str
) -> pl.LazyFrame:
    """What was read now, if its rows are those of then in these columns, of which the first is the id."""
    old, new = kept.select(columns).collect(), fresh.select(columns)
    if differing := max(_rows_of_one(old, new), _rows_of_one(new, old)):
        raise UserError(
            f"{label} needs {what}, which was not read for the plan, and {source} is no longer what the plan was made "
            f"from: {many_do(differing, 'row', 'differs', 'differ')}. Put that file back, or run the declaration and "
            "compare its new plan."
        )
    return fresh.lazy()


def _rows_of_one(one: pl.DataFrame, other: pl.DataFrame) -> int:
    return one.join(other, on=one.columns, how="anti", nulls_equal=True).height


def _not_read(label: str, what: str, kept: Inputs) -> UserError:
    name = kept.declaration.name
    return UserError(
        f"{label} needs {what}, which was not read for the plan that it is compared on: name it in the rules or the "
        f"netsuite_fields of {name}, run that, and compare on its new plan."
    )


def _labels(declaration: Declaration) -> dict[str, str]:
    return {name: label.strip() for name, label in declaration.netsuite_fields.items()}


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
