"""The two sides of a declaration: the variables it names, whether each can be read, and whether the clocks agree."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from assets.reconciliation import Reconciliation
from pipelines.doctor.finding import Finding
from resources.http.clock import server_time
from resources.readers import NetsuiteReader, ParametersReader, StripeReader, to_set
from schemas.errors import TieoutError

_SKEW: Final = timedelta(seconds=60)
"""Both services refuse a signature that is five minutes off; a second of difference is the way there and back."""


def variables(unset: Mapping[str, str]) -> Iterator[Finding]:
    """All variables of the environment that the declaration names and that are not set, at once."""
    if unset:
        yield Finding("todo", "environment", f"S{to_set(sorted(unset), unset)[1:]}.")
    else:
        yield Finding("good", "environment", "Every variable that the declaration names is set.")


def sides(sync: Reconciliation) -> Iterator[Finding]:
    """Whether each side can be read: key or role with its permissions, RESTlet, saved search, labels."""
    readers: dict[str, StripeReader | NetsuiteReader | ParametersReader | None] = {
        "Stripe": sync.stripe,
        "NetSuite": sync.netsuite,
        "NetSuite, to Stripe": sync.parameters,
    }
    for of, reader in readers.items():
        if reader is None:
            continue
        try:
            yield Finding("good", of, reader.test(), tuple(sync.declaration.account_ids))
        except TieoutError as error:
            yield Finding("todo", of, str(error))


def clocks(sync: Reconciliation) -> Iterator[Finding]:
    """Whether this machine's clock agrees with that of each service that is asked over its API."""
    for of, (url, proxy) in _addresses(sync).items():
        before = sync.clock()
        there = server_time(url, proxy)
        if there is None:
            yield Finding("note", f"clock of {of}", "It could not be asked for its time.")
        else:
            yield _of_clock(of, before, sync.clock(), there)


def _of_clock(of: str, before: datetime, after: datetime, there: datetime) -> Finding:
    """The service says whole seconds, somewhere between the question and the answer."""
    skew = max(before - timedelta(seconds=1) - there, there - after, timedelta())
    if skew <= _SKEW:
        return Finding("good", f"clock of {of}", "This machine's clock agrees with it.")
    return Finding(
        "todo",
        f"clock of {of}",
        f"This machine's clock is {skew.total_seconds():,.0f} seconds off: let it follow a time server (NTP), since "
        "logins are refused when it is five minutes off.",
    )


def _addresses(sync: Reconciliation) -> dict[str, tuple[str, str | None]]:
    found: dict[str, tuple[str, str | None]] = {}
    stripe, netsuite = sync.declaration.stripe, sync.declaration.netsuite
    if stripe.export is None:
        found["Stripe"] = (stripe.base_url, stripe.proxy)
    if netsuite.export is None and netsuite.account:
        from resources.netsuite_api.session.account import addresses  # noqa: PLC0415 (late: export files do without)

        where = addresses(netsuite.account, netsuite.script, netsuite.deployment, netsuite.base_url)
        found["NetSuite"] = (where.restlet.partition("?")[0], netsuite.proxy)
    return found
