"""The kept inputs of a plan, looked at before anything is made of them: what was altered or is gone is said."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
import polars as pl
from pydantic import ValidationError

from assets.extract.netsuite_sync import SYNC
from assets.kept_inputs import NETSUITE, STRIPE
from assets.matching.customer_matches import matches_of
from assets.matching.in_stripe import find_in_stripe
from assets.matching.to_stripe_settings import ToStripeSettings
from assets.planning.taken_back import TRACES
from assets.reconciliation import Reconciliation
from resources.storage.kept_inputs import KeptInputs, Making, Picture
from schemas.declaration import Declaration
from schemas.declaration.kept import kept_of, of_kept, settings_changed
from schemas.errors import DamageError, UserError
from schemas.matches import DECISIONS_KEPT
from schemas.words import shortened

_NAMED: Final = 5


@dataclass(frozen=True)
class Inputs:
    """What a stage was made from.

    Attributes:
        picture: the list of it, with the versions.
        declaration: what it said then.
        defaults_changed: keys that it does not set, whose default is another one by now.
        overrides: `schemas.matches.Overrides`.
        frames: the extracts, by asset.
        traces: what is ours and is taken away: `assets.planning.taken_back.TRACES`.
    """

    picture: Picture
    declaration: Declaration
    defaults_changed: tuple[str, ...]
    overrides: pl.LazyFrame
    frames: Mapping[str, pl.LazyFrame]
    traces: pl.DataFrame

    @property
    def stripe(self) -> pl.LazyFrame:
        """`schemas.customers.StripeCustomers`."""
        return self.frames[STRIPE]

    @property
    def netsuite(self) -> pl.LazyFrame:
        """`schemas.customers.NetsuiteCustomers`."""
        return self.frames[NETSUITE]

    def matches(self) -> pl.DataFrame:
        """What its declaration says of its customers."""
        return matches_of(self.declaration, self.stripe, self.netsuite, self.overrides)


def found_in_stripe(
    declaration: Declaration, frames: Mapping[str, pl.LazyFrame], matches: pl.LazyFrame
) -> pl.LazyFrame | None:
    """What the way to Stripe finds (`schemas.stripe_matches.StripeMatches`), where a declaration has it."""
    settings = ToStripeSettings.of(declaration)
    if settings is None:
        return None
    return find_in_stripe(frames[SYNC], frames[NETSUITE], frames[STRIPE], matches, settings).collect().lazy()


def making_of(sync: Reconciliation, start: str) -> Making:
    """The last making of the plan whose hash begins so; without any, of the plan that was made last.

    Raises:
        UserError: there is no such plan, there are several, nothing was kept of it, or it is no longer there.
        DamageError: the list of what it was made from was altered; or, where no plan is named, that of any plan, as
            nobody knows which was the last.
    """
    start = start.strip().lower()
    makings = sync.kept_inputs.makings(start)
    plans = sorted({*(making.plan for making in makings), *sync.plans.named(start)})
    if not plans:
        which = f"no plan whose hash begins with {start!r}" if start else "no plan yet"
        raise UserError(
            f"{sync.name} has {which}, for the accounts that it names; make run NAME={sync.name} makes one."
        )
    if start and len(plans) > 1:
        shown = ", ".join(shortened(plan) for plan in plans[:_NAMED])
        raise UserError(f"{len(plans):,} plans have a hash that begins with {start!r}: {shown} …; give more of it.")
    if lost := sync.kept_inputs.lost(start):
        named = ", ".join(shortened(plan) for plan in lost[:_NAMED])
        other = "" if start else ", or name another plan with PLAN="
        raise DamageError(
            f"What plan {named} was made from is no longer known: the file that said so was altered. Put a copy of the "
            f"state folder back{other}."
        )
    if not makings:
        of_which = f"plan {shortened(plans[0])}" if start else f"any plan of {sync.name}"
        raise UserError(
            f"Nothing is kept of what {of_which} was made from: it was made before Tieout kept that, "
            "under keep_inputs: 0, or of one customer on demand, or make erase removed it; it cannot be made again."
        )
    return makings[0]


def inputs_of(kept: KeptInputs, making: Making, digest: str) -> Inputs:
    """The inputs of a stage of a plan, each looked at.

    Raises:
        UserError: they were pruned, or another version of Tieout wrote them.
        DamageError: something of them was altered, or is gone; the sentence says what.
    """
    plan = f"plan {shortened(making.plan)} of {making.made_at:%Y-%m-%d %H:%M} UTC"
    if making.pruned_at is not None:
        raise UserError(
            f"The inputs of {plan} were removed on {making.pruned_at:%Y-%m-%d}, as they were older than keep_inputs "
            "says: it cannot be made again."
        )
    picture = kept.picture(digest)
    damage = {"the list of them": picture} if isinstance(picture, str) else kept.damage(picture)
    if damage or isinstance(picture, str):
        named = "; ".join(f"{name} {said}" for name, said in list(damage.items())[:_NAMED])
        more = f"; and {len(damage) - _NAMED:,} more" if len(damage) > _NAMED else ""
        raise DamageError(
            f"The inputs of {plan} are no longer what they were: {named}{more}. What is made of them would be "
            "no replay; put a copy of the state folder back."
        )
    return _loaded(kept, picture, plan)


def _loaded(kept: KeptInputs, picture: Picture, plan: str) -> Inputs:
    said: dict[str, dict[str, Any]] = orjson.loads(kept.text(picture.declaration))
    try:
        declaration = of_kept(said["said"])
    except ValidationError as error:
        key = ".".join(map(str, error.errors()[0]["loc"])) or "the whole"
        raise UserError(
            f"The declaration of {plan} was kept by a version of Tieout that knew other settings ({key}): check that "
            "version out to make the plan again."
        ) from None
    now = orjson.loads(orjson.dumps(kept_of(declaration, with_defaults=True)))
    files: dict[str, list[str]] = {}
    for name, digest in sorted(picture.frames.items()):
        files.setdefault(name.partition("/")[0], []).append(digest)
    return Inputs(
        picture,
        declaration,
        tuple(settings_changed(said["whole"], now)),
        pl.read_csv(kept.text(picture.decisions), schema_overrides=DECISIONS_KEPT).lazy(),
        {name: pl.scan_parquet([kept.frame(each) for each in digests], glob=False) for name, digests in files.items()},
        pl.read_csv(kept.text(picture.traces), schema=TRACES) if picture.traces else pl.DataFrame(schema=TRACES),
    )
