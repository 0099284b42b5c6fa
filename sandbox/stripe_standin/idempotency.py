"""Idempotency keys as the v1 API treats them: replay for 24 hours, errors on misuse.

Source: the API reference on idempotent requests; the wording of the mismatch error and the replay headers as observed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sandbox.stripe_standin.wire import Answer, Refusal

_KEPT_SECONDS: Final = 86_400
_LONGEST: Final = 255


@dataclass
class _Kept:
    fingerprint: str
    at: int
    request_id: str
    answer: Answer | None = None


class IdempotencyKeys:
    """The first answer to each key, per account and mode."""

    def __init__(self, clock: Callable[[], int]) -> None:
        """Start empty. `clock` returns unix seconds."""
        self._clock = clock
        self._kept: dict[tuple[str, str], _Kept] = {}

    def begin(self, scope: str, key: str, fingerprint: str, request_id: str) -> Answer | None:
        """Return the answer to replay, or None when the request is to be executed; refuse a misused key."""
        if len(key) > _LONGEST:
            raise Refusal(400, "Idempotency-Key is too long: it may have 255 characters.", type_="idempotency_error")
        kept = self._kept.get((scope, key))
        if kept is None or self._clock() - kept.at >= _KEPT_SECONDS:
            self._kept[scope, key] = _Kept(fingerprint, self._clock(), request_id)
            return None
        if kept.fingerprint != fingerprint:
            raise Refusal(400, _MISMATCH.format(key=key), type_="idempotency_error")
        if kept.answer is None:
            raise Refusal(409, _RUNNING.format(key=key), type_="idempotency_error", code="idempotency_key_in_use")
        headers = {**kept.answer.headers, "Idempotent-Replayed": "true", "Original-Request": kept.request_id}
        return Answer(kept.answer.status, kept.answer.body, headers)

    def keep(self, scope: str, key: str, answer: Answer) -> None:
        """Remember the answer of an execution, whatever its status."""
        self._kept[scope, key].answer = answer

    def forget(self, scope: str, key: str) -> None:
        """Drop a key whose execution never began, as a refused request does."""
        self._kept.pop((scope, key), None)

    def forget_answered(self) -> None:
        """Drop every key whose request has been answered, as after a day."""
        self._kept = {place: kept for place, kept in self._kept.items() if kept.answer is None}


_MISMATCH: Final = (
    "Keys for idempotent requests can only be used with the same parameters they were first used with. "
    "Try using a key other than '{key}' if you meant to execute a different request."
)
_RUNNING: Final = (
    "There is currently another in-progress request using this Idempotent Key '{key}' "
    "(that probably means you submitted twice, and the other request is still going through)."
)
