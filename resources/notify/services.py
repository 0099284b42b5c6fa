"""Tells what happened by mail, chat and whatever else Apprise knows, in one message.

Apprise is loaded when there is something to tell: it takes a second or two, and few processes ever tell something. Its
own log would quote addresses, so it is kept quiet; what went wrong is one line of ours, with the kind of service alone.
"""

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from schemas.addresses import is_loopback
from schemas.events import RunEvent, text, title

if TYPE_CHECKING:
    from apprise import NotifyBase

_LOG: Final = logging.getLogger("tieout.notify")
_UNKNOWN: Final = "is no address that Apprise knows"
_OPEN: Final = "would send the message, and its password, unencrypted"


@dataclass(frozen=True, kw_only=True)
class ServiceNotifier:
    """Sends each message to one or several services.

    Attributes:
        urls: their addresses, as Apprise has them.
    """

    urls: Sequence[str] = field(repr=False)

    def notify(self, events: Sequence[RunEvent]) -> bool:
        """See `Notifier`; one service that takes it is enough, so that none gets it twice for the failure of others."""
        taken = False
        with _quietly():
            for place, url in enumerate(self.urls, 1):
                problem = _problem_of_sending(url, title(events), text(events))
                taken |= problem is None
                if problem is not None:
                    _LOG.warning("Address %d of notify.url (%s) %s: %s", place, _kind(url), problem, title(events))
        return taken

    def problems(self) -> list[str]:
        """What is wrong with the addresses, as far as can be seen without sending anything."""
        with _quietly():
            found = [(place, url, _opened(url)) for place, url in enumerate(self.urls, 1)]
        return [f"Address {place} of notify.url ({_kind(url)}) {it}" for place, url, it in found if isinstance(it, str)]


def _problem_of_sending(url: str, called: str, body: str) -> str | None:
    service = _opened(url)
    if isinstance(service, str):
        return service
    from apprise import NotifyFormat  # noqa: PLC0415 (late: see above)

    try:
        is_taken = service.notify(body=body, title=called, body_format=NotifyFormat.TEXT)
    except Exception as error:  # noqa: BLE001 (whatever a service raises, it may quote its address)
        return f"could not be told ({type(error).__name__})"
    return None if is_taken else "did not take it"


def _opened(url: str) -> "NotifyBase | str":
    """The service behind an address, or what is wrong with the address."""
    from apprise import Apprise, AppriseAsset, PersistentStoreMode  # noqa: PLC0415 (late: see above)

    asset = AppriseAsset(
        app_id="Tieout",
        app_desc="Tieout",
        app_url="",
        http_redirects=False,
        storage_mode=PersistentStoreMode.MEMORY,  # nothing of an address is put on disk
    )
    try:
        service = Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    except Exception as error:  # noqa: BLE001 (as above)
        return f"{_UNKNOWN} ({type(error).__name__})"
    if service is None:
        return _UNKNOWN
    return _OPEN if _is_open(service, url) else service


def _is_open(service: "NotifyBase", url: str) -> bool:
    """Whether it would go over an open line to another machine: some services have two schemes, one of them open.

    A mail relay that asks for no password may be reached so: there is nothing secret in a message.
    """
    if _kind(url) == "mailto" and not service.password:
        return False
    open_ones: object = service.protocol
    schemes = open_ones if isinstance(open_ones, (list, tuple, set)) else [open_ones]
    host = getattr(service, "host", None)
    is_elsewhere = bool(host) and not is_loopback(str(host))
    return bool(service.secure_protocol) and _kind(url) in schemes and not service.secure and is_elsewhere


def _kind(url: str) -> str:
    return url.partition("://")[0].lower()


@contextmanager
def _quietly() -> Iterator[None]:
    """Without Apprise's own log, and without warnings of what its services load."""
    log = logging.getLogger("apprise")
    before, log.disabled = log.disabled, True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            yield
    finally:
        log.disabled = before
