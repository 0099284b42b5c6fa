"""What came from the environment, remembered so that no sentence, log line, repr or trace shows it.

A declaration may name a variable in any place, also where its value ends up in a message. So every value that is taken
from the environment is remembered here, and every text that leaves passes `masked`: it shows the name of the variable
instead. Passwords inside of URLs are hidden wherever they came from.
"""

import re
from typing import Final
from urllib.parse import quote

SHORTEST: Final = 6
"""Shorter values stay as they are: `5`, `test` or `true` turn up everywhere, and no secret is that short."""
_WITHIN_WORDS: Final = 12
"""Shorter values are hidden as whole words only: `stripe` must not take the name from `stripe_customers`."""

_remembered: Final[dict[str, str]] = {}
_WORD: Final = r"pass(?:word|wd|phrase)?|pwd|secret|token|signature|sig|auth|credentials?|(?:api|access|private)?_?key"
_IN_URLS: Final = (
    (re.compile(r"(\b[\w+.-]+://)[^\s/?#@'\"]+(?:@[^\s/?#@'\"]+)*@"), r"\1***@"),
    (re.compile(rf"([?&;](?:[\w.-]*[_.-])?(?:{_WORD})=)[^\s&;'\"]+", re.IGNORECASE), r"\1***"),
)


def remember(name: str, value: str) -> None:
    """Hide a value from now on.

    Args:
        name: the variable of the environment that holds it, shown in its place.
        value: as it is there. Of several lines each is hidden too, as a PEM key is quoted line by line.
    """
    for part in {value, value.strip(), *value.splitlines(), *value.split("\\n")}:
        if len(part.strip()) >= SHORTEST:
            for written in (part, repr(part)[1:-1], quote(part, safe="")):
                _remembered.setdefault(written, f"{{{{ env.{name} }}}}")


def masked(text: str) -> str:
    """The text without the values that were remembered, longest first, and without passwords in URLs.

    >>> masked("could not open postgresql://tieout:hunter2@db/ledger?password=hunter2")
    'could not open postgresql://***@db/ledger?password=***'
    """
    for secret in sorted(filter(text.__contains__, _remembered), key=len, reverse=True):
        text = _hidden(text, secret, _remembered[secret])
    for pattern, shown in _IN_URLS:
        text = pattern.sub(shown, text)
    return text


def _hidden(text: str, secret: str, name: str) -> str:
    if len(secret) >= _WITHIN_WORDS:
        return text.replace(secret, name)
    return re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", lambda _: name, text)
