"""Who is told: the notifier that a declaration names."""

from collections.abc import Mapping

from resources.notifiers import Notifier
from resources.notify.log import LogNotifier
from resources.readers import to_set
from schemas.declaration import Declaration


def notifier_of(declaration: Declaration, unset: Mapping[str, str]) -> Notifier:
    """The notifier of a declaration; where its address is not set, the log says that nobody else is told.

    Args:
        declaration: what a person wrote.
        unset: key → the variable that it names and that is not set.
    """
    notify = declaration.notify
    if notify.kind == "log":
        return LogNotifier()
    if not notify.urls:
        return LogNotifier(f"Nobody else is told: {to_set(['notify.url'], unset)}.")
    if notify.kind == "webhook":
        from resources.notify.webhook import WebhookNotifier  # noqa: PLC0415 (late: most declarations write a log)

        return WebhookNotifier(url=notify.urls[0])
    from resources.notify.services import ServiceNotifier  # noqa: PLC0415 (as above)

    return ServiceNotifier(urls=tuple(notify.urls))
