"""An answer is taken whole or not at all, and no more of it is asked for once it has passed a bound."""

import time
from collections.abc import Iterator

import pytest

from resources.http.answer import LARGEST_ANSWER, AnswerTooLargeError, AnswerTooSlowError, Reply, whole_body

MEGABYTE = bytes(1 << 20)


def test_parts_are_put_together() -> None:
    assert whole_body(iter([b"on", b"", b"e"]), seconds=60) == b"one"
    assert whole_body([], seconds=60) == b""


def test_an_answer_of_the_largest_size_is_taken_and_one_byte_more_is_not() -> None:
    parts = [MEGABYTE] * (LARGEST_ANSWER // len(MEGABYTE))
    assert len(whole_body(parts, seconds=60)) == LARGEST_ANSWER
    with pytest.raises(AnswerTooLargeError, match="larger than 32 MB"):
        whole_body([*parts, b"x"], seconds=60)


def test_what_would_never_end_is_left_where_it_passes_the_bound() -> None:
    asked = 0

    def endless() -> Iterator[bytes]:
        nonlocal asked
        while True:
            asked += 1
            yield MEGABYTE

    with pytest.raises(AnswerTooLargeError):
        whole_body(endless(), seconds=60)
    assert asked == LARGEST_ANSWER // len(MEGABYTE) + 1


def test_what_arrives_too_slowly_is_left() -> None:
    def drops() -> Iterator[bytes]:
        while True:
            time.sleep(0.01)
            yield b"."

    with pytest.raises(AnswerTooSlowError, match="takes too long to arrive"):
        whole_body(drops(), seconds=0.05)


@pytest.mark.parametrize(
    ("claimed", "form"),
    [
        ({"Content-Type": "text/HTML; charset=utf-8"}, "text/html"),
        ({"Content-Type": "a\x1b[31m\x00b"}, "a[31mb"),
        ({"Content-Type": "x" * 100}, "x" * 60),
        ({}, "no content type"),
    ],
)
def test_the_form_that_an_answer_claims_can_be_shown(claimed: dict[str, str], form: str) -> None:
    assert Reply(200, claimed, b"").form == form
