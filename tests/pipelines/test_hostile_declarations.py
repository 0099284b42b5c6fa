"""Declarations as bad input: whatever a file holds, it is read in a moment, or refused in a sentence a mistake."""

import re
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.declarations import Declared, read_folder
from tests.pipelines.test_declarations import GOOD, declare

BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
CASES = {
    "aliases that expand for ever": (GOOD + BOMB, "values, those of aliases included"),
    "merges that expand for ever": (
        GOOD.replace(
            "    email: Email",
            "    m0: &m0 {x0: y}\n"
            + "".join(
                f"    m{n}: &m{n} {{<<: [*m{n - 1}, *m{n - 1}, *m{n - 1}, *m{n - 1}, *m{n - 1}, *m{n - 1}], x{n}: y}}\n"
                for n in range(1, 40)
            ),
        ),
        "values, those of aliases included",
    ),
    "itself in a list": (GOOD.replace("rules:\n", "rules: &r\n    - *r\n"), "contains itself"),
    "itself in a mapping": (GOOD.replace("attributes:", "attributes: &a\n  <<: *a"), "contains itself"),
    "deep": (GOOD.replace("first", "[" * 5_000), "nested more than 20 levels"),
    "deep by aliases": (
        GOOD + "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 60)),
        "nested more than 20 levels",
    ),
    "deep by indentation": ("".join(" " * n + "k:\n" for n in range(300)), "nested more than 20 levels"),
    "large": (GOOD + "# " + "x" * 200_000, "larger than 128 KiB"),
    "many": (GOOD.replace("first", "[" + "a," * 20_000 + "]"), "more than 5,000 values"),
    "a list as key": (GOOD.replace("on_several", "? [a, b]\n  "), "a key is a word"),
    "a mapping as key": (GOOD.replace("on_several", "? {a: b}\n  "), "a key is a word"),
    "a list as key at the top": (GOOD + "? [a]\n: b\n", "a key is a word"),
    "a number of 5,000 digits": (GOOD.replace("first", "9" * 5_000), "looks like a number or a date and is none"),
    "a float of 5,000 digits": (GOOD.replace("first", "9." + "9" * 5_000), "on_several: input should be"),
    "a day that is none": (GOOD.replace("first", "2026-02-31"), "looks like a number or a date and is none"),
    "a number as type": (GOOD.replace("pipelines.CustomerSync", "1"), "type: expected pipelines.CustomerSync"),
    "a list as type": (GOOD.replace("pipelines.CustomerSync", "[1]"), "type: expected pipelines.CustomerSync"),
    "no package in the type": (GOOD.replace("pipelines.CustomerSync", "CustomerSync"), "type: expected pipelines."),
    "a key beside attributes": (GOOD + "atributes: {}\n", "atributes: unknown key; did you mean attributes?"),
    "requirements that are none": (GOOD + "requirements: [a]\n", "requirements: expected the names of variables"),
    "requirements of another form": (GOOD + "requirements: {evn: [A]}\n", "requirements: expected the names"),
    "a Python object": (GOOD.replace("first", "!!python/object/apply:os.getcwd []"), "has no place in a declaration"),
    "a Python name": (GOOD.replace("first", "!!python/name:os.getcwd ''"), "has no place in a declaration"),
    "a set": (GOOD.replace("{mode: review}", "!!set {mode}"), "has no place in a declaration"),
    "a number that is none": (GOOD.replace("first", "!!int no"), "looks like a number or a date and is none"),
    "a truth that is none": (GOOD.replace("first", "!!bool no-way"), "looks like a number or a date and is none"),
    "a merge of a word": (GOOD.replace("    email: Email", "    <<: email"), "<< merges names with values"),
    "a version for ever": ("%YAML 1." + "1" * 5_000 + "\n---\n" + GOOD, "this is not YAML"),
    "an escape beyond Unicode": (GOOD.replace("first", '"\\UFFFFFFFF"'), "this is not YAML"),
    "half a character": (GOOD.replace("stripe.csv", '"\\uD800"'), "a character has no place in UTF-8 text"),
    "NUL in a path": (GOOD.replace("stripe.csv", '"a\\0b"'), "a character has no place in UTF-8 text"),
    "a line break in a key": (GOOD.replace("on_several", '"on\\nseveral"'), "this is no key: on�several"),
    "a key for ever": (GOOD.replace("on_several", f"? {'k' * 50_000}\n  "), "this is no key"),
    "a value for ever": (GOOD.replace("first", "v" * 50_000), "longer than 16,384 characters"),
    "a template that computes": (GOOD.replace("first", "'{{ 9 ** 9 ** 9 }}'"), "not found; of templates only"),
    "a template that loops": (GOOD.replace("first", "'{% for x in y %}{% endfor %}'"), "'for' not found; of templates"),
    "a template that looks inside": (GOOD.replace("first", "'{{ env.__class__ }}'"), "variable __class__ is not set"),
    "a filter": (GOOD.replace("first", "'{{ env.PATH | upper }}'"), "'env' not found; of templates only"),
    "a shrink that is no number": (GOOD.replace("{mode: review}", "{}\n  brakes: {shrink: .nan}"), "brakes.shrink: "),
    "a space that is none": (GOOD.replace("name: acme", "name:\u00a0acme"), "is U+00A0, which only looks like a space"),
    "a dash for a hyphen": (GOOD + "  owners:\n    \u2013 a: b\n    - c\n", "U+2013, which only looks like a hyphen"),
    "a wide colon": (GOOD.replace("name: acme", "name\uff1a acme"), "is U+FF1A, which only looks like a colon"),
    "a path of Windows": (
        GOOD.replace("stripe.csv", '"C:\\exports\\s.csv"'),
        "write a path in single quotes, or with /",
    ),
    "a template without quotes": (
        GOOD.replace("stripe.csv", "{{ env.FILE }}"),
        'write a template in quotes, as "{{ env',
    ),
    "an alias of nothing": (GOOD.replace("first", "*nothing"), "this is not YAML (found undefined alias"),
    "a name for ever": (GOOD.replace("name: acme", "name: " + "x" * 9_000), "40 at most"),
    "cut": (GOOD[:40], "is required"),
    "nothing but a mark": ("---\n", "type: expected pipelines.CustomerSync, found nothing"),
}


def sentences(declared: Declared) -> list[str]:
    return [said for broken in declared.broken for said in broken.sentences]


def assert_sentences(found: list[str]) -> None:
    for said in found:
        assert re.fullmatch(r"[^\n]{10,1000}[.]", said), said
        assert said.isprintable() or "�" in said, said
        assert "itself, not in your files" not in said
        said.encode("utf-8")


@pytest.mark.parametrize("case", CASES)
def test_hostile_file_gives_its_sentence_at_once_and_the_others_are_read(tmp_path: Path, case: str) -> None:
    text, expected = CASES[case]
    declare(tmp_path, text, "hostile")
    declare(tmp_path, GOOD.replace("acme", "other"), "other")
    started = time.monotonic()
    declared = read_folder(tmp_path)
    assert time.monotonic() - started < 10
    assert [located.declaration.name for located in declared.good] == ["other"]
    assert_sentences(sentences(declared))
    assert expected in sentences(declared)[0]


def test_the_largest_file_that_is_taken_is_read_in_a_moment(tmp_path: Path) -> None:
    columns = "".join(f"    column_{number}: Column {number} {'x' * 30}\n" for number in range(1_800))
    declare(tmp_path, GOOD.replace("    email: Email\n", f"    email: Email\n{columns}"))
    started = time.monotonic()
    assert len(read_folder(tmp_path).good[0].declaration.netsuite_fields) == 1_802
    assert time.monotonic() - started < 10


def test_requirements_as_dg_writes_them_are_taken(tmp_path: Path) -> None:
    declare(tmp_path, GOOD + "requirements: {env: [STRIPE_API_KEY]}\n")
    assert len(read_folder(tmp_path).good) == 1


_words = st.sampled_from(
    ["email", "first", "1", "true", "null", "~", "2026-01-01", "1e9", ".nan", "0x1", "<<", "*a", "&a x"]
)
_scalars = _words | st.integers().map(str) | st.floats().map(str) | st.text(max_size=20)
_odd = st.sampled_from(
    [
        "{",
        "}",
        "[",
        "]",
        "? ",
        ": ",
        "- ",
        "&a ",
        "*a",
        "<<: *a",
        "!!int ",
        "!!python/name:os ",
        "!x ",
        "|",
        ">",
        "%YAML 1.1\n",
        "---",
        "...",
        "\n",
        "\n  ",
        "\t",
        "'",
        '"',
        "#",
        "{{ env.HOME }}",
        "{{",
        "{%",
        "\\",
        '"\\ud800"',
        "\x00",
        "\ufeff",
        "\u2028",
        "9" * 5_000,
        "[" * 100,
        "type: ",
        "attributes: ",
        "requirements: ",
        "post_processing: ",
    ]
)


def _read(folder: Path, content: bytes) -> None:
    declare(folder, content)
    assert_sentences(sentences(read_folder(folder)))


@settings(max_examples=500)
@given(at=st.integers(0, len(GOOD)), cut=st.integers(0, 30), put=st.lists(_odd | _scalars, max_size=4).map("".join))
@example(at=0, cut=0, put="")
def test_edited_anywhere_it_is_read_or_refused(
    at: int, cut: int, put: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    _read(_folder(tmp_path_factory), (GOOD[:at] + put + GOOD[at + cut :]).encode("utf-8", "surrogatepass"))


@settings(max_examples=300)
@given(content=st.binary(max_size=300))
def test_any_bytes_are_refused(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    _read(_folder(tmp_path_factory), content)


_values = st.recursive(
    _scalars | st.booleans() | st.none() | st.integers() | st.floats() | st.dates(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_scalars, inner, max_size=4),
    max_leaves=12,
)
_KEYS = (
    "name",
    "stripe",
    "netsuite",
    "netsuite_fields",
    "rules",
    "on_several",
    "one_to_one",
    "writes",
    "brakes",
    "daily",
)


@settings(max_examples=300)
@given(changes=st.dictionaries(st.sampled_from(_KEYS), _values, min_size=1, max_size=3))
def test_any_value_under_any_key_is_read_or_refused(
    changes: dict[str, object], tmp_path_factory: pytest.TempPathFactory
) -> None:
    document = yaml.safe_load(GOOD)
    document["attributes"].update(changes)
    _read(_folder(tmp_path_factory), yaml.safe_dump(document).encode())


_made: list[Path] = []


def _folder(factory: pytest.TempPathFactory) -> Path:
    if not _made:
        _made.append(factory.mktemp("hostile"))
    return _made[0]
