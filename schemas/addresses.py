"""Addresses of services and proxies as a person declares them: one rule for both services, for reads and for writes.

An address is checked when a declaration is loaded, before anything is sent to it. It may hold a password by mistake, so
no sentence quotes it.
"""

from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

_SERVICE: Final = "expected an address such as https://host[:port][/path], or http:// on this machine alone"
_PROXY: Final = "expected the address of a proxy, such as http://[user:password@]proxy.example:3128"


def service_address(text: str) -> str:
    """Return the address of a service, path included and without a slash at its end.

    Raises:
        ValueError: It is no address, would send a key over an open line, or holds what does not belong there.

    >>> service_address("https://gateway.example/stripe/")
    'https://gateway.example/stripe'
    """
    parts = _encrypted(text, "key")
    if parts.username is not None or parts.query or parts.fragment or "?" in text or "#" in text:
        raise ValueError(f"{_SERVICE}: take out the user, the password, and everything from ? or # on")
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"


def proxy_address(text: str) -> str:
    """Return the address of an HTTP proxy, which may hold a user and a password. Raises ValueError for anything else.

    >>> proxy_address("http://proxy.example:3128/")
    'http://proxy.example:3128'
    """
    parts = _parts(text, _PROXY)
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(f"{_PROXY}: take out everything after the port")
    return f"{parts.scheme}://{parts.netloc}"


def webhook_address(text: str) -> str:
    """Return the address of a webhook, with its query if it has one.

    Raises:
        ValueError: It is no address, would send the event over an open line, or holds what does not belong there.

    >>> webhook_address("https://Chat.example/hooks/T0?v=1")
    'https://chat.example/hooks/T0?v=1'
    """
    parts = _encrypted(text, "event")
    if parts.username is not None or parts.fragment or "#" in text:
        raise ValueError(f"{_SERVICE}: take out the user, the password, and everything from # on")
    return parts._replace(netloc=parts.netloc.lower()).geturl()


def is_loopback(host: str) -> bool:
    """Say whether a host is this very machine, and so needs no encryption."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _encrypted(text: str, what: str) -> SplitResult:
    """The parts of an address that nobody can listen to."""
    parts = _parts(text, _SERVICE)
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise ValueError(f"{_SERVICE}: this one would send the {what} unencrypted")
    return parts


def _parts(text: str, expected: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        is_whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_whole = False
    if not is_whole or not text.isascii() or not text.isprintable() or " " in text or "\\" in text:
        raise ValueError(expected)
    return parts
