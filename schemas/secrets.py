"""What came from the environment, remembered so that no sentence, log line, repr or trace shows it.

A declaration may name a variable in any place, also where its value ends up in a message. So every value that is taken
from the environment is remembered here, and every text that leaves passes `masked`: it shows the name of the variable
instead. Passwords inside of URLs are hidden wherever they came from.
"""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlsplit

SHORTEST: Final = 6
"""Shorter values stay as they are: `5`, `test` or `true` turn up everywhere, and no secret is that short."""
_WITHIN_WORDS: Final = 12
"""Shorter values are hidden as whole words only: `stripe` must not take the name from `stripe_customers`."""

_remembered: Final[dict[str, str]] = {}
_SECRET: Final = re.compile("pass|pwd|secret|token|sig|auth|cred|key", re.IGNORECASE)
_PAIR: Final = re.compile(r"(?<=[?&;])([\w.%-]+)=([^\s&;'\"]+)")
_LOGIN: Final = re.compile(r"(\b[a-zA-Z][\w+.-]*://)[^\s/?#'\"]*@")


def remember(name: str, value: str) -> None:
    """Hide a value from now on.

    Args:
        name: the variable of the environment that holds it, shown in its place.
        value: as it is there. Of several lines each is hidden too, as a PEM key is quoted line by line, and of a URL
            the path, as a server repeats it without the host. Of several URLs with blanks between each is hidden.
    """
    shown = f"{{{{ env.{name} }}}}"
    urls = [part for part in value.split() if "://" in part]
    for part in {value, value.strip(), *value.splitlines(), *value.split("\\n"), *urls, *map(_path, (value, *urls))}:
        if len(part.strip()) >= SHORTEST:
            for written in (part, repr(part)[1:-1], quote(part, safe="")):
                _remembered.setdefault(written, shown)


def _path(value: str) -> str:
    """The path of a URL, if it is long enough to be told from other words."""
    _, is_url, rest = value.strip().partition("://")
    path = "/" + rest.partition("/")[2].rstrip("/") if is_url else ""
    return path if len(path) >= _WITHIN_WORDS else ""


def remember_url(name: str, url: str) -> None:
    """Hide a URL, and the password in it, also where that is shown by itself."""
    remember(name, url)
    try:
        parts = urlsplit(url)
        found = [parts.password or "", *(value for key, value in parse_qsl(parts.query) if _SECRET.search(key))]
    except ValueError:
        return  # no URL; whoever opens it says so
    for secret in found:
        remember(name, secret)
        remember(name, unquote(secret))


def is_remembered(text: str) -> bool:
    """Whether a text holds something that came from the environment."""
    return any(value in text for value in tuple(_remembered))


def masked(text: str, names: Iterable[str] = ()) -> str:
    """The text without the values that were remembered, longest first, and without passwords in URLs.

    Args:
        text: what is to be shown.
        names: values that are no secrets though they were remembered, such as an account's id.

    >>> masked("could not open postgresql://tieout:hunter2@db/ledger?password=hunter2")
    'could not open postgresql://***@db/ledger?password=***'
    """
    found = set(filter(text.__contains__, tuple(_remembered))).difference(names)
    for secret in sorted(found, key=len, reverse=True):
        text = _hidden(text, secret, _remembered[secret])
    if "=" in text:
        text = _PAIR.sub(lambda pair: f"{pair[1]}=***" if _SECRET.search(pair[1]) else pair[0], text)
    return _LOGIN.sub(r"\1***@", text) if "://" in text else text


def _hidden(text: str, secret: str, name: str) -> str:
    if len(secret) >= _WITHIN_WORDS:
        return text.replace(secret, name)
    return re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", lambda _: name, text)
