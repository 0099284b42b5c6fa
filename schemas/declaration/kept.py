"""What is kept of a declaration beside a plan: all that decides about the plan, and no login, address or limit."""

from collections.abc import Mapping
from typing import Final

from schemas.declaration.declaration import Declaration
from schemas.declaration.sources import OAUTH_KEYS, TOKEN_KEYS

_NOT_OF_PLANS: Final = frozenset({"brakes", "daily", "notify", "keep_inputs", "keep", "memory"})
_OF_NO_RESULT: Final = {"notify", "memory"}
_OF_SOURCES: Final = {
    "stripe": frozenset({"export", "since", "encoding", "dates", "labels"}),
    "netsuite": frozenset({"export", "encoding", "mass_search", "stripe_id_field"}),
}
_LOGINS: Final = {"stripe": frozenset({"api_key"}), "netsuite": frozenset({"account"}) | OAUTH_KEYS | TOKEN_KEYS}


def kept_of(declaration: Declaration, *, with_defaults: bool = False) -> dict[str, object]:
    """The part of a declaration that is kept; a login that it has is there as null, as one that nobody has set.

    >>> from schemas.declaration.sources import NetsuiteSource, StripeSource
    >>> source, other = StripeSource(api_key="rk_live_1"), NetsuiteSource(export=["netsuite.csv"])
    >>> fields = {"internal_id": "Internal ID", "email": "Email"}
    >>> declared = Declaration(name="acme", stripe=source, netsuite=other, netsuite_fields=fields)
    >>> kept_of(declared)["stripe"]
    {'api_key': None}
    """
    said = declaration.model_dump(mode="json", exclude_unset=not with_defaults, exclude=set(_NOT_OF_PLANS))
    return said | {side: _source(side, said[side]) for side in _OF_SOURCES}


def without_logins(declaration: Declaration) -> dict[str, object]:
    """All that a declaration says with its defaults, but for secrets and for what changes no result."""
    said, secrets = declaration.model_dump(mode="json", exclude=_OF_NO_RESULT), {"api_key", *OAUTH_KEYS, *TOKEN_KEYS}
    sources = {side: {key: value for key, value in said[side].items() if key not in secrets} for side in _LOGINS}
    return said | sources


def of_kept(kept: Mapping[str, object]) -> Declaration:
    """The declaration again, of what was kept of it without defaults.

    Raises:
        pydantic.ValidationError: a version wrote it that knew other settings.
    """
    return Declaration.model_validate(kept)


def settings_changed(before: Mapping[str, object], now: Mapping[str, object]) -> list[str]:
    """The keys, such as `on_several`, of which two kept declarations with their defaults say different things."""
    return [key for key in sorted({*before, *now}) if before.get(key) != now.get(key)]


def _source(side: str, said: Mapping[str, object]) -> dict[str, object]:
    of_plans = {name: value for name, value in said.items() if name in _OF_SOURCES[side] and value != {}}
    return of_plans | {name: None for name in said if name in _LOGINS[side]}
