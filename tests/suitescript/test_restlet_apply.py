"""What the RESTlet does when it is asked to change customers: compare-and-set, one save per record, words in comments.

The shipped file runs in the stand-in's engine, called directly where HTTP would add nothing.
"""

import unicodedata
from itertools import permutations
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sandbox.netsuite_standin import STANDARD_COLUMNS, STRIPE_FIELD, Options, Save, SavedSearch, World, script
from sandbox.netsuite_standin.script import Host

FIELDS = {"stripe_id": STRIPE_FIELD, "external_id": "externalid", "comments": "comments"}
SOURCE = script.RESTLET.read_text(encoding="utf-8")
SEARCHES = {"customsearch_tieout": SavedSearch(columns=STANDARD_COLUMNS)}


def ask(world: World, body: object, options: Options | None = None) -> Any:  # noqa: ANN401  as the script answers
    return script.run(SOURCE, "post", body, Host(world, options or Options(), SEARCHES))


def apply(world: World, *changes: object, options: Options | None = None, fields: object = FIELDS) -> Any:  # noqa: ANN401
    return ask(world, {"action": "apply", "fields": fields, "changes": list(changes)}, options)


def short(answer: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401
    return [(o["id"], o["field"], o["outcome"], o.get("code") or o.get("found")) for o in answer["outcomes"]]


def link(internal_id: int, stripe_id: str) -> dict[str, object]:
    sets = {name: {"old": None, "new": stripe_id} for name in ("stripe_id", "external_id")}
    return {"id": internal_id, "set": sets, "append": {"comments": stripe_id}}


@pytest.mark.rule("W2")
@pytest.mark.rule("W3")
@pytest.mark.rule("W4")
def test_an_unlinked_customer_gets_all_three_values_in_one_save() -> None:
    world = World()
    world.insert(7, comments="VIP")
    assert short(apply(world, link(7, "cus_1"))) == [
        (7, "stripe_id", "applied", None),
        (7, "external_id", "applied", None),
        (7, "comments", "applied", None),
    ]
    before = {STRIPE_FIELD: None, "externalid": None, "comments": "VIP"}
    after = {STRIPE_FIELD: "cus_1", "externalid": "cus_1", "comments": "VIP\ncus_1"}
    assert world.saves == [Save(7, before, after)]


@pytest.mark.rule("W3")
def test_several_customers_of_one_record_are_named_in_one_save() -> None:
    world = World()
    world.insert(7, comments="VIP cus_2")
    change = {"id": 7, "append": {"comments": ["cus_1", "cus_2", "cus_3"]}}
    answer = apply(world, change)
    assert [(o["word"], o["outcome"]) for o in answer["outcomes"]] == [
        ("cus_1", "applied"),
        ("cus_2", "already"),
        ("cus_3", "applied"),
    ]
    assert world.saves == [Save(7, {"comments": "VIP cus_2"}, {"comments": "VIP cus_2\ncus_1\ncus_3"})]
    apply(world, {"id": 7, "remove": {"comments": ["cus_1", "cus_3"]}})
    assert world.value(7, "comments") == "VIP cus_2"


def test_a_refused_word_is_named_so_that_the_others_of_the_record_can_be_told_apart() -> None:
    world = World()
    world.insert(7)
    words = ["cus_1", "two words", "", "a\u0085b", None]
    outcomes = apply(world, {"id": 7, "append": {"comments": words}})["outcomes"]
    assert [(o["word"], o["outcome"], o.get("code")) for o in outcomes] == [
        ("cus_1", "applied", None),
        *((word, "failed", "INVALID_CHANGE") for word in words[1:]),
    ]
    assert world.value(7, "comments") == "cus_1"


@pytest.mark.rule("W9")
def test_a_look_says_what_is_done_and_what_is_open_and_saves_nothing() -> None:
    world = World()
    world.insert(7, comments="cus_1", externalid="ACME-1")
    answer = ask(world, {"action": "look", "fields": FIELDS, "changes": [link(7, "cus_1"), link(8, "cus_2")]})
    assert short(answer) == [
        (7, "stripe_id", "open", None),
        (7, "external_id", "conflict", "ACME-1"),
        (7, "comments", "already", None),
        (8, "stripe_id", "failed", "RCRD_DSNT_EXIST"),
        (8, "external_id", "failed", "RCRD_DSNT_EXIST"),
        (8, "comments", "failed", "RCRD_DSNT_EXIST"),
    ]
    assert world.saves == []


@pytest.mark.rule("W9")
def test_the_same_change_again_finds_everything_done_and_saves_nothing() -> None:
    world = World()
    world.insert(7)
    apply(world, link(7, "cus_1"))
    again = short(apply(world, link(7, "cus_1")))
    assert [outcome for _, _, outcome, _ in again] == ["already"] * 3
    assert len(world.saves) == 1


@pytest.mark.rule("W8")
def test_a_value_of_somebody_else_stays_and_the_other_fields_are_written() -> None:
    world = World()
    world.insert(7, externalid="ACME-1")
    assert short(apply(world, link(7, "cus_1"))) == [
        (7, "stripe_id", "applied", None),
        (7, "external_id", "conflict", "ACME-1"),
        (7, "comments", "applied", None),
    ]
    assert world.value(7, "externalid") == "ACME-1"


@pytest.mark.rule("W8")
def test_an_expected_value_that_still_stands_is_replaced() -> None:
    world = World()
    world.insert(7, **{STRIPE_FIELD: "cus_old"})
    change = {"id": 7, "set": {"stripe_id": {"old": "cus_old", "new": None}}}
    assert short(apply(world, change)) == [(7, "stripe_id", "applied", None)]
    assert world.value(7, STRIPE_FIELD) is None


@pytest.mark.rule("W8")
def test_a_save_of_somebody_else_between_load_and_save_is_seen() -> None:
    world = World()
    world.insert(7)
    world.interfere("record.save", lambda: world.edit(7, externalid="ACME-1", comments="called today"))
    assert short(apply(world, link(7, "cus_1"))) == [
        (7, "stripe_id", "applied", None),
        (7, "external_id", "conflict", "ACME-1"),
        (7, "comments", "applied", None),
    ]
    assert world.value(7, "comments") == "called today\ncus_1"


def test_a_record_that_changes_at_every_try_fails_with_netsuites_reason() -> None:
    world = World()
    world.insert(7)
    for tried in range(4):
        world.interfere("record.save", lambda: world.edit(7, phone="1"), skip=tried)
    assert {(outcome, code) for _, _, outcome, code in short(apply(world, link(7, "cus_1")))} == {
        ("failed", "RCRD_HAS_BEEN_CHANGED")
    }
    assert world.saves == []


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda world: world.delete(7), "RCRD_DSNT_EXIST"),
        (lambda world: world.lock_by_workflow(7), "RCRD_LOCKED_BY_WF"),
        (lambda world: world.merge(7, 9), "RCRD_DSNT_EXIST"),
        (lambda world: world.refuse(7, None, "INSUFFICIENT_PERMISSION"), "INSUFFICIENT_PERMISSION"),
        (lambda world: world.refuse(7, None, "RCRD_UNEDITABLE"), "RCRD_UNEDITABLE"),
        (lambda world: world.refuse(7, None, "USER_ERROR"), "USER_ERROR"),
    ],
)
def test_a_bad_record_fails_whole_with_a_reason_and_spoils_no_other(spoil: Any, code: str) -> None:  # noqa: ANN401
    world = World()
    world.insert(7)
    world.insert(9)
    spoil(world)
    outcomes = short(apply(world, link(7, "cus_1"), link(9, "cus_2")))
    assert [(outcome, reason) for _, _, outcome, reason in outcomes[:3]] == [("failed", code)] * 3
    assert [outcome for _, _, outcome, _ in outcomes[3:]] == ["applied"] * 3
    assert [save.customer for save in world.saves] == [9]


@pytest.mark.parametrize("name", ["stripe_id", "external_id", "comments"])
@pytest.mark.parametrize("message", ["Not this.", "The field {} is not for you."])
def test_a_field_that_is_refused_fails_alone_with_its_reason(name: str, message: str) -> None:
    world = World()
    world.insert(7)
    world.insert(9)
    said = message.format(FIELDS[name])
    world.refuse(7, FIELDS[name], "USER_ERROR", said)
    outcomes = apply(world, link(7, "cus_1"), link(9, "cus_2"))["outcomes"]
    assert {o["field"]: (o["outcome"], o.get("message")) for o in outcomes[:3]} == {
        field: ("failed", said) if field == name else ("applied", None) for field in FIELDS
    }
    assert [o["outcome"] for o in outcomes[3:]] == ["applied"] * 3
    assert len([save for save in world.saves if save.customer == 7]) == (1 if FIELDS[name] in said else 2)


def test_every_refused_field_has_its_own_reason() -> None:
    world = World()
    world.insert(7)
    world.others.add("cus_1")
    world.refuse(7, STRIPE_FIELD, "USER_ERROR", "Ask Finance first.")
    assert short(apply(world, link(7, "cus_1"))) == [
        (7, "stripe_id", "failed", "USER_ERROR"),
        (7, "external_id", "failed", "DUP_RCRD"),
        (7, "comments", "applied", None),
    ]


def test_an_external_id_of_a_contact_fails_and_one_that_a_lead_got_meanwhile_is_a_conflict() -> None:
    world = World()
    world.insert(7)
    world.insert(8)
    world.insert(9, externalid="CUS_2", stage="LEAD")
    world.others.add("CUS_1")
    assert short(apply(world, link(7, "cus_1"), link(8, "cus_2"))) == [
        (7, "stripe_id", "applied", None),
        (7, "external_id", "failed", "DUP_RCRD"),
        (7, "comments", "applied", None),
        (8, "stripe_id", "applied", None),
        (8, "external_id", "conflict", "cus_2 is held by LEAD 9"),
        (8, "comments", "applied", None),
    ]
    assert [save.customer for save in world.saves] == [7, 8]


@pytest.mark.parametrize("stage", ["LEAD", "PROSPECT"])
def test_a_record_that_is_no_customer_is_not_linked_but_can_be_unlinked(stage: str) -> None:
    world = World()
    world.insert(7, stage=stage)
    outcomes = short(apply(world, link(7, "cus_1")))
    assert {(outcome, found) for _, _, outcome, found in outcomes} == {("conflict", f"the record is a {stage}")}
    assert world.saves == []
    world.edit(7, comments="cus_1", **{STRIPE_FIELD: "cus_1"})
    change = {"id": 7, "set": {"stripe_id": {"old": "cus_1", "new": None}}, "remove": {"comments": "cus_1"}}
    assert [outcome for _, _, outcome, _ in short(apply(world, change))] == ["applied"] * 2


def test_a_record_with_a_refused_field_that_the_units_do_not_allow_is_handed_back_unsaved() -> None:
    world = World()
    changes = [link(world.insert(), f"cus_{n}") for n in range(3)]
    world.others.add("cus_1")
    answer = apply(world, *changes, options=Options(units=100 + 15 * 2 + 15))
    assert (len(answer["outcomes"]), answer["remaining"]) == (3, [2, 3])
    assert [save.customer for save in world.saves] == [1]


@pytest.mark.parametrize("form", ["number", "name", "member"])
def test_what_the_role_lacks_stops_every_record_and_is_logged(form: Any) -> None:  # noqa: ANN401
    world = World()
    world.insert(7)
    host = Host(world, Options(permissions={"LIST_CUSTJOB": 1, "LIST_FIND": 1}, permission_form=form), SEARCHES)
    answer = script.run(SOURCE, "post", {"action": "apply", "fields": FIELDS, "changes": [link(7, "cus_1")]}, host)
    assert answer["error"]["code"] == "INSUFFICIENT_PERMISSION"  # type: ignore[index,call-overload]
    assert "Lists > Customers (Edit)" in answer["error"]["message"]  # type: ignore[index,call-overload,operator]
    assert host.logged == [("error", "The role customrole_tieout lacks Lists > Customers (Edit).")]


def test_an_administrator_sees_what_was_refused_and_what_the_caller_did_wrong_is_no_matter_of_theirs() -> None:
    world = World()
    world.insert(7)
    world.refuse(7, STRIPE_FIELD, "USER_ERROR", "private")
    host = Host(world, Options(), SEARCHES)
    script.run(SOURCE, "post", {"action": "apply", "fields": FIELDS, "changes": [link(7, "cus_1")]}, host)
    script.run(SOURCE, "post", {"action": "nothing"}, host)
    script.run(SOURCE, "post", {"action": "describe", "search": "customsearch_gone"}, host)
    assert host.logged == [
        ("audit", "2 values changed"),
        ("error", "1 changes refused, by internal id: 7 stripe_id: USER_ERROR"),
        ("error", "describe: INVALID_SEARCH: That search or mass update does not exist."),
    ]


def test_a_mandatory_field_that_was_never_filled_does_not_stand_in_the_way() -> None:
    world = World(mandatory={"custentity_region"})
    world.insert(7)
    assert [o["outcome"] for o in apply(world, link(7, "cus_1"))["outcomes"]] == ["applied"] * 3


def test_a_custom_field_that_does_not_exist_fails_instead_of_being_swallowed() -> None:
    world = World()
    world.insert(7)
    fields = {**FIELDS, "stripe_id": "custentity_misspelt"}
    answer = apply(world, link(7, "cus_1"), fields=fields)
    assert short(answer)[0] == (7, "stripe_id", "failed", "FIELD_NOT_FOUND")
    assert "custentity_misspelt" in answer["outcomes"][0]["message"]


@pytest.mark.rule("W6")
@pytest.mark.parametrize("field", ["email", "companyname", "isinactive", "entityid", "custbody_x", None])
def test_no_other_field_can_be_changed(field: str | None) -> None:
    world = World()
    world.insert(7, email="a@example.com")
    answer = apply(world, {"id": 7, "set": {"stripe_id": {"old": None, "new": "x"}}}, fields={"stripe_id": field})
    assert answer["error"]["code"] == "FIELD_NOT_ALLOWED"
    assert world.saves == []


@pytest.mark.parametrize(
    "change",
    [
        None,
        7,
        {"id": 7},
        {"id": 7, "set": {"comments": {"old": None, "new": "x"}}},
        {"id": 7, "append": {"stripe_id": "cus_1"}},
        {"id": 7, "append": {"comments": "two words"}},
        {"id": 7, "append": {"comments": ""}},
        {"id": 7, "append": {"comments": None}},
        {"id": 7, "set": {"stripe_id": "cus_1"}},
        {"id": 7, "set": {"stripe_id": {"old": None, "new": 5}}},
        {"id": 7, "set": {"unknown": {"old": None, "new": "x"}}},
    ],
)
def test_a_malformed_change_fails_alone(change: object) -> None:
    world = World()
    world.insert(7)
    world.insert(9)
    outcomes = short(apply(world, change, link(9, "cus_2")))
    assert outcomes[0][2:] == ("failed", "INVALID_CHANGE")
    assert [outcome for _, _, outcome, _ in outcomes[1:]] == ["applied"] * 3


@pytest.mark.parametrize("internal_id", ["abc", "", -3, 1.5, None, "7; drop"])
def test_a_malformed_id_fails_alone(internal_id: object) -> None:
    world = World()
    world.insert(9)
    outcomes = short(apply(world, {"id": internal_id, "append": {"comments": "cus_1"}}, link(9, "cus_2")))
    assert outcomes[0][2:] == ("failed", "WRONG_TYPE")
    assert outcomes[1][2] == "applied"


@pytest.mark.rule("W3")
def test_comments_that_would_be_too_long_fail_with_the_reason_and_stay() -> None:
    world = World()
    full = "x" * 3_995
    world.insert(7, comments=full)
    world.insert(9, comments="x" * 3_994)
    answer = apply(world, {"id": 7, "append": {"comments": "cus_1"}}, {"id": 9, "append": {"comments": "cus_1"}})
    assert short(answer) == [(7, "comments", "failed", "COMMENTS_FULL"), (9, "comments", "applied", None)]
    assert "4001" in answer["outcomes"][0]["message"]
    assert world.value(7, "comments") == full


def test_what_does_not_fit_into_the_units_is_handed_back() -> None:
    world = World()
    changes = [link(world.insert(), f"cus_{n}") for n in range(30)]
    answer = apply(world, *changes, options=Options(units=115 + 15 * 9))
    assert len(world.saves) == 10
    assert answer["remaining"] == list(range(11, 31))
    assert {o["id"] for o in answer["outcomes"]} == set(range(1, 11))


def test_what_does_not_fit_into_the_time_is_handed_back() -> None:
    world = World()
    changes = [link(world.insert(), f"cus_{n}") for n in range(100)]
    answer = apply(world, *changes, options=Options(operation_seconds=2))
    assert len(world.saves) + len(answer["remaining"]) == 100
    assert 45 <= len(world.saves) <= 55


def test_too_many_changes_are_refused_before_any_is_made() -> None:
    world = World()
    world.insert(7)
    answer = apply(world, *[link(7, "cus_1")] * 1001)
    assert answer["error"]["code"] == "WRONG_TYPE"
    assert world.saves == []


@pytest.mark.rule("W10")
def test_an_undo_takes_out_the_word_and_its_line_break_and_nothing_else() -> None:
    world = World()
    world.insert(7, comments="VIP\nhates calls")
    apply(world, link(7, "cus_1"))
    world.edit(7, comments="VIP\nhates calls\ncus_1\nnew note")
    change = {"id": 7, "set": {"stripe_id": {"old": "cus_1", "new": None}}, "remove": {"comments": "cus_1"}}
    assert short(apply(world, change)) == [
        (7, "stripe_id", "applied", None),
        (7, "comments", "applied", None),
    ]
    assert world.value(7, "comments") == "VIP\nhates calls\nnew note"
    assert short(apply(world, change)) == [(7, "stripe_id", "already", None), (7, "comments", "already", None)]


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
@pytest.mark.parametrize(
    ("now", "found"),
    [
        ("VIP\nwas cus_1 once\nnote", "was cus_1 once"),
        ("VIP cus_1", "VIP cus_1"),
        ("cus_1, see there\ncus_1.", "cus_1, see there\ncus_1."),
        ("called\ncus_1\nmerged:\ncus_1", "cus_1\ncus_1"),
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
