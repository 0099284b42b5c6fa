"""One answer, whole, and within bounds of size and time: a few kilobytes can unpack to gigabytes, or never end."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

LARGEST_ANSWER: Final = 32 << 20
"""Bytes of an answer, unpacked: three times what NetSuite gives at most (O:section_4640094112), and five times a page
of a hundred Stripe customers with all their metadata."""


@dataclass(frozen=True)
class Reply:
    """What came back: whatever its status, its body whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def form(self) -> str:
        """The content type that it claims, in words that may be shown."""
        kind = self.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return "".join(letter for letter in kind if letter.isprintable())[:60] or "no content type"


class AnswerTooLargeError(Exception):
    """It unpacks to more than `LARGEST_ANSWER`."""


class AnswerTooSlowError(Exception):
    """It was still arriving when its time was up."""


def whole_body(parts: Iterable[bytes], *, seconds: float) -> bytes:
    """Return a body that arrives in parts, unpacked, as long as it keeps to the bounds.

    Raises:
        AnswerTooLargeError, AnswerTooSlowError: it does not; the rest of it was not asked for.
    """
    deadline = time.monotonic() + seconds
    taken: list[bytes] = []
    size = 0
    for part in parts:
        taken.append(part)
        size += len(part)
        if size > LARGEST_ANSWER:
            raise AnswerTooLargeError(f"larger than {LARGEST_ANSWER >> 20} MB")
        if time.monotonic() > deadline:
            raise AnswerTooSlowError("its answer takes too long to arrive")
    return b"".join(taken)
