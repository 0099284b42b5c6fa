"""What time it is at a service: the `Date` of any answer, a refusal included."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import requests

_SECONDS: Final = (5.0, 10.0)


def server_time(url: str, proxy: str | None = None) -> datetime | None:
    """The moment at which a service answered, UTC; None where it does not say, or does not answer."""
    with requests.Session() as session:
        session.trust_env = False
        session.proxies = {"http": proxy, "https": proxy} if proxy else {}
        try:
            with session.get(url, timeout=_SECONDS, allow_redirects=False, stream=True) as answer:
                return parsedate_to_datetime(answer.headers["Date"]).astimezone(UTC)
        except (requests.RequestException, KeyError, ValueError, TypeError):
            return None
