"""Whether the links that exist can be seen: no link is planned on a picture that may hide one.

Three places can hide them: a Stripe export without the metadata column, one that has it under another name, and a saved
search of which no link field is mapped. What is withheld for that is said by a check of the plan, and a declaration can
say that it does not matter (`links_visible: false`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import dagster as dg
import polars as pl

from schemas.declaration import Declaration
from schemas.link_fields import fields_of
from schemas.words import System, many_do

LINKS_SEEN_CHECK: Final = "The links that exist can be seen: Stripe's metadata, or a link field of NetSuite, was read."
WITHHELD_CHECK: Final = "No change is withheld because links that exist cannot be seen (links_visible)."
_USUAL: Final = [field.name for field in fields_of("netsuite") if not field.optional]
_BOTH: Final = frozenset[System]({"stripe", "netsuite"})
_WAY_OUT: Final = (
    "Add what is missing and run again; if no links exist yet, set links_visible: false in the declaration."
)
_READ_ALL: Final = "Reconcile, or materialize the missing months, and plan again; no setting plans them before."


@dataclass(frozen=True)
class Hidden:
    """The systems for which nothing may be planned, and why, as the end of a sentence; none: nobody is created."""

    systems: frozenset[System] = frozenset()
    why: str = ""

    @property
    def way_out(self) -> str:
        """What to do. Months that are missing can be read, so no setting says that they do not matter (C16)."""
        return _WAY_OUT if self.systems else _READ_ALL


def hidden_links(stripe: pl.LazyFrame, declaration: Declaration) -> Hidden:
    """Say for which systems nothing may be planned.

    Where Stripe's column is missing, no metadata is planned; NetSuite's own fields are, since it shows what they hold.

    Args:
        stripe: `schemas.customers.StripeCustomers`.
        declaration: what a person wrote.
    """
    has_column = "link_column" in stripe.collect_schema()
    found = stripe.select(pl.col("link_column").unique()).collect().to_series().to_list() if has_column else []
    if not declaration.links_visible:
        return Hidden()
    if not shows_links(declaration):
        return Hidden(_BOTH, f"no link field of NetSuite is mapped ({_listed('or')})")
    if "renamed" in found:
        return Hidden(_BOTH, "the Stripe export has the links under another name, which is not read")
    if "missing" in found:
        return Hidden(frozenset[System]({"stripe"}), "the Stripe export has no column with the links")
    return Hidden()


def shows_links(declaration: Declaration) -> bool:
    """Whether a field is mapped in which a NetSuite record can name its Stripe customer."""
    return any(field.name in declaration.netsuite_fields for field in fields_of("netsuite"))


def no_link_field() -> str:
    """Say that no such field is mapped."""
    return f"None of {_listed('and')} is mapped, so links that NetSuite has cannot be seen."


def _listed(word: str) -> str:
    return f"{', '.join(_USUAL[:-1])} {word} {_USUAL[-1]}"


def links_seen_result(unseen: Sequence[str], *, is_wanted: bool) -> dg.AssetCheckResult:
    """The result of `links_seen`: a warning with these sentences, unless the declaration says it does not matter."""
    return dg.AssetCheckResult(
        check_name="links_seen",
        passed=not unseen or not is_wanted,
        severity=dg.AssetCheckSeverity.WARN,
        description=" ".join(unseen) or None,
        metadata={"hidden": len(unseen)},
    )


def withheld_result(withheld: int, hidden: Hidden) -> dg.AssetCheckResult:
    """The result of `nothing_withheld`: how many changes are not in the plan, why, and the way out."""
    are = many_do(withheld, "change", "is", "are")
    sentence = f"{are} not planned, because {hidden.why}, and a link that exists could be missed. {hidden.way_out}"
    return dg.AssetCheckResult(
        check_name="nothing_withheld",
        passed=withheld == 0,
        severity=dg.AssetCheckSeverity.WARN,
        description=sentence if withheld else None,
        metadata={"withheld": withheld},
    )
