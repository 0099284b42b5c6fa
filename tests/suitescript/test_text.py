"""Words in comments: found whole, appended once, and taken out where they were put and nowhere else."""

import unicodedata
from itertools import permutations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sandbox.netsuite_standin import World
from tests.suitescript.restlet import FIELDS, apply, ask, short


@pytest.mark.rule("W10")
@pytest.mark.parametrize(
    ("now", "left"),
    [
        ("VIP\ncus_1\ncus_1 pays late", "VIP\ncus_1 pays late"),
        ("see cus_1 above\nVIP\ncus_1", "see cus_1 above\nVIP"),
        ("VIP\ncus_1\nasks:\ncus_1", "VIP\nasks:\ncus_1"),
        ("VIP\r\ncus_1\r\nnew note", "VIP\r\nnew note"),
        ("VIP, called\ncus_1\nnew note", "VIP, called\nnew note"),
        ("cus_1\nnew note", "new note"),
        ("cus_1\r\nnew note", "new note"),
        ("cus_1", None),
    ],
)
def test_an_undo_takes_the_line_that_was_appended_and_no_other(now: str, left: str | None) -> None:
    world = World()
    world.insert(7, comments=now)
    answer = apply(world, {"id": 7, "remove": {"comments": [{"word": "cus_1", "before": "VIP"}]}})
    assert short(answer) == [(7, "comments", "applied", None)]
    assert world.value(7, "comments") == left


@pytest.mark.rule("W10")
@pytest.mark.rule("X2")
@pytest.mark.parametrize(
    ("now", "found"),
    [
        ("VIP\nwas cus_1 once\nnote", "was cus_1 once"),
        ("VIP cus_1", "VIP cus_1"),
        ("cus_1, see there\ncus_1.", "cus_1, see there\ncus_1."),
        ("called\ncus_1\nmerged:\ncus_1", "cus_1\ncus_1"),
        ("Vip\ncus_1\nmerged:\ncus_1", "cus_1\ncus_1"),
    ],
)
def test_an_undo_where_the_appended_line_was_edited_is_a_conflict_that_shows_it(now: str, found: str) -> None:
    world = World()
    world.insert(7, comments=now)
    for action in ("look", "apply"):
        change = {"id": 7, "remove": {"comments": [{"word": "cus_1", "before": "VIP"}]}}
        answer = ask(world, {"action": action, "fields": FIELDS, "changes": [change]})
        assert short(answer) == [(7, "comments", "conflict", found)]
    assert world.saves == []


@pytest.mark.rule("W10")
@pytest.mark.parametrize("old", [None, "VIP", "VIP\r\n", "VIP\r", "\n", " "])
@pytest.mark.parametrize("note", ["", "\nhates calls of cus_2", "\r\nnote"])
@pytest.mark.parametrize("order", list(permutations(["cus_1", "cus_2", "cus_3"])))
def test_words_that_were_appended_one_after_another_go_in_any_order(
    old: str | None, note: str, order: tuple[str, ...]
) -> None:
    world = World()
    world.insert(7, comments=old)
    for word in sorted(order):
        apply(world, {"id": 7, "append": {"comments": word}})
    if note:
        world.edit(7, comments=f"{world.value(7, 'comments')}{note}")
    for word in order:
        answer = apply(world, {"id": 7, "remove": {"comments": [{"word": word, "before": old}]}})
        assert short(answer) == [(7, "comments", "applied", None)]
    assert (world.value(7, "comments") or "") == (f"{old}{note}" if old else note.strip())


LETTERS = [
    "cus_1",
    "cus_1",
    "cus_12",
    "x",
    "2",
    "_",
    "-",
    ".",
    "\u00e9",
    "\u0301",
    "\u0915",
    "\u093e",
    "\u4e8c",
    " ",
    "\n",
    "\r\n",
    "\u200b",
]

comments_texts = st.lists(st.sampled_from(LETTERS), max_size=8).map("".join)


def has_word(comments: str, word: str) -> bool:
    """Say whether `word` stands in the comments with no letter, mark, digit or "_" of any script beside it."""

    def glued(neighbour: str) -> bool:
        return neighbour == "_" or unicodedata.category(neighbour)[0] in "LMN" if neighbour else False

    starts = [i for i in range(len(comments)) if comments.startswith(word, i)]
    return any(not glued(comments[i - 1 : i]) and not glued(comments[i + len(word) :][:1]) for i in starts)


@pytest.mark.rule("W3")
@pytest.mark.parametrize(
    "glued", ["2", "x", "_", "\u00e9", "\u0301", "\u0915", "\u093e", "\u4e8c", "\U0001d7d9", "\u0663"]
)
@pytest.mark.parametrize("side", ["before", "after"])
def test_a_word_inside_a_longer_one_of_any_script_is_not_the_word(glued: str, side: str) -> None:
    world = World()
    comments = f"{glued}cus_1" if side == "before" else f"cus_1{glued}"
    world.insert(7, comments=comments)
    apply(world, {"id": 7, "append": {"comments": "cus_1"}})
    assert world.value(7, "comments") == f"{comments}\ncus_1"


@pytest.mark.rule("W3")
@pytest.mark.parametrize("beside", [" ", "\n", ".", "-", "/", "\u200b", "\U0001f600"])
def test_a_word_beside_anything_else_is_the_word(beside: str) -> None:
    world = World()
    world.insert(7, comments=f"{beside}cus_1{beside}")
    apply(world, {"id": 7, "append": {"comments": "cus_1"}})
    assert world.saves == []


words = st.sampled_from(
    ["cus_1", "old.id", "john@acme.com", "-x-", "(a|b)", "a\\\\d", "[^$]", "{2}*+?", "/é\u0915\u093e/", "\U0001f600"]
)


@pytest.mark.rule("W3")
@settings(max_examples=150, deadline=None)
@given(words, comments_texts)
def test_an_append_adds_the_word_exactly_when_it_is_not_there(word: str, comments: str) -> None:
    comments = comments.replace("cus_1", word)
    world = World()
    world.insert(7, comments=comments)
    apply(world, {"id": 7, "append": {"comments": word}})
    expected = comments if has_word(comments, word) else f"{comments}\n{word}" if comments else word
    assert world.value(7, "comments") == expected


@pytest.mark.rule("W10")
@settings(max_examples=150, deadline=None)
@given(words, comments_texts)
def test_a_remove_restores_what_was_there_before_the_append(word: str, comments: str) -> None:
    comments = comments.replace("cus_1", word)
    assume(not has_word(comments, word))
    world = World()
    world.insert(7, comments=comments)
    apply(world, {"id": 7, "append": {"comments": word}})
    apply(world, {"id": 7, "remove": {"comments": word}})
    assert (world.value(7, "comments") or "") == comments
