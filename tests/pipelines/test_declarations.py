"""Everything that can be wrong with a declaration gives one sentence with its file and line."""

from pathlib import Path

import pytest

from pipelines.declarations import read_declarations
from schemas.errors import DeclarationError
from tests.reconciling import CHECKOUT

GOOD = """\
type: pipelines.CustomerSync
attributes:
  name: acme
  stripe: {export: stripe.csv, since: 2019-05}
  netsuite: {export: netsuite.csv}
  netsuite_fields:
    internal_id: Internal ID
    email: Email
  rules:
    - {stripe: email, netsuite: email}
  on_several: first
  writes: {mode: review}
"""


def declare(folder: Path, text: str | bytes, name: str = "acme") -> Path:
    file = folder / name / "defs.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def refusal(folder: Path) -> str:
    with pytest.raises(DeclarationError) as caught:
        read_declarations(folder)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert not sentence.endswith("..")
    return sentence


def test_good_declaration_is_read_with_its_defaults(tmp_path: Path) -> None:
    file = declare(tmp_path, GOOD)
    [located] = read_declarations(tmp_path)
    found = located.declaration
    assert (located.file, located.line) == (file, 1)
    assert (found.name, found.stripe.since, found.rules[0].stripe) == ("acme", "2019-05", ["email"])
    assert (found.on_several, found.one_to_one, found.match_inactive) == ("first", False, False)
    assert (found.allow_list, found.on_none, found.writes.mode) == (False, "report", "review")


def test_a_column_of_the_active_is_read_once_its_words_are_said(tmp_path: Path) -> None:
    words = "  yes_words: ['No']\n  no_words: ['Yes']\n"
    declare(tmp_path, GOOD.replace("    email: Email", "    email: Email\n    inactive: Active") + words)
    [located] = read_declarations(tmp_path)
    assert located.declaration.words.answer("Yes") is False


def test_declarations_that_come_with_the_project_are_good() -> None:
    assert "example" in [located.declaration.name for located in read_declarations(CHECKOUT / "pipelines" / "defs")]


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("name: acme", "name: [acme", 4, "this is not YAML"),
        ("on_several", "on_severl", 11, "on_severl: unknown key; did you mean on_several? Expected one of name,"),
        ("mode: review", "mood: review", 12, "writes.mood: unknown key; did you mean mode?"),
        ("since:", "sinse:", 4, "stripe.sinse: unknown key; did you mean since?"),
        ("{stripe: email,", "{strip: email,", 10, "rules.1.strip: unknown key; did you mean stripe?"),
        ("on_several", "zzz", 11, "zzz: unknown key. Expected one of name,"),
        ("  name: acme\n", "", 2, "name: is required"),
        ("export: stripe.csv, ", "", 4, "stripe: expected exactly one of export and api_key, found neither"),
        (", netsuite: email}", "}", 10, "rules.1.netsuite: is required"),
        ("on_several: first", "on_several: second", 11, "on_several: input should be 'first' or 'refuse'"),
        ("mode: review", "mode: always", 12, "writes.mode: input should be 'review' or 'auto'"),
        ("mode: review", "mode: review, comments: maybe", 12, "writes.comments: expected true or false"),
        ("2019-05", "2019-13", 4, "stripe.since: expected a month such as 2019-05, found '2019-13'"),
        ("2019-05", "2019-05-01", 4, "stripe.since: input should be a valid string"),
        ("2019-05", "2099-01", 4, "stripe.since: 2099-01 is in the future"),
        ("2019-05", "2019-05, labels: {mail: A}", 4, "stripe.labels.mail: expected id, created, email, name,"),
        (
            "2019-05",
            "2019-05, labels: {email: A, name: A}",
            4,
            "stripe.labels.email: expected the label of a column, e",
        ),
        ("export: stripe.csv, ", "api_key: k, labels: {email: A}, ", 4, "stripe.labels: has no effect without export"),
        ("name: acme", "name: Acme Inc", 3, "name: expected a letter, then lower-case letters"),
        ("name: acme", f"name: {'a' * 41}", 3, "40 at most"),
        ("    internal_id: Internal ID\n", "", 6, "netsuite_fields: internal_id is required"),
        ("    email: Email", "    email: Internal ID", 7, "netsuite_fields.internal_id: the label 'Internal ID'"),
        ("    email: Email", "    email: ' '", 8, "netsuite_fields.email: expected the label of a column"),
        ("    email: Email", "    email:", 8, "netsuite_fields.email: input should be a valid string"),
        (
            "    email: Email",
            "    email: No",
            8,
            "is true or false, as YAML reads yes, no, on and off; write the text in",
        ),
        ("    email: Email", "    email: *Email", 8, "in quotes, and one that begins with a sign"),
        ("    email: Email", "    email: &Email", 8, "in quotes, and one that begins with a sign"),
        ("    email: Email", "    email: !Email", 8, "put a text with such a sign in quotes"),
        ("    email: Email", "    email: 2024", 8, "and is a number or a date; write the text in quotes, as '2024'"),
        ("    email: Email", "    email: [Email]", 8, "and is a list or a block of names; write a text with [ ] { }"),
        (
            "email: Email",
            "email: Email\n    inactive: Is active",
            9,
            "netsuite_fields.inactive: 'Is active' says the opposite",
        ),
        ("email: Email", "email: Email\n    inactive: 有効", 9, "netsuite_fields.inactive: '有効' says the opposite"),
        (
            "netsuite: email}",
            "netsuite: email, as: phone, country: UK}",
            10,
            "country: expected the ISO code of a count",
        ),
        ("export: stripe.csv", "export: []", 4, "stripe.export: expected one text at least, found an empty list"),
        ("stripe: email,", "stripe: [],", 10, "rules.1.stripe: expected one text at least, found an empty list"),
        ("    email: Email", "    E-Mail: Email", 8, "netsuite_fields.E-Mail: expected a name of lower-case letters"),
        ("    email: Email", "    is_customer: Email", 8, "netsuite_fields.is_customer: expected a name"),
        ("netsuite: email", "netsuite: title", 10, "rules.1.netsuite: 'title' is not in netsuite_fields, which has"),
        ("stripe: email", "stripe: e-mail", 10, "rules.1.stripe: expected id, email, name, description, phone or"),
        ("stripe: email", "stripe: metadata.", 10, "rules.1.stripe: expected id, email, name,"),
        ("  on_several", "    - {stripe: email, netsuite: email}\n  on_several", 11, "the rule email = email is there"),
        ("mode: review", "comments: true", 12, "writes.comments: is true, but netsuite_fields does not map comments"),
        (
            "mode: review",
            "mode: auto",
            12,
            "writes.mode: auto has no effect here, because nothing is written back where",
        ),
        ("  writes", "  brakes: {shrink: 0.1, most_writes: 9}\n  writes", 12, "brakes.most_writes: has no effect here"),
        ("  writes", "  daily: {at: '06:15'}\n  writes", 12, "daily: has no effect here"),
        (
            "export: stripe.csv",
            "export: stripe.csv, base_url: 'http://api.example'",
            4,
            "stripe.base_url: expected an address such as https://host[:port][/path], or http:// on this machine",
        ),
        (
            "export: netsuite.csv",
            "export: netsuite.csv, base_url: 'https://me:pass@host'",
            5,
            "netsuite.base_url: expected an address such as https://host[:port][/path], or http:// on this machine",
        ),
        ("export: stripe.csv", "export: stripe.csv, proxy: proxy", 4, "stripe.proxy: expected the address of a proxy"),
        ("{export: stripe.csv, since: 2019-05}", "stripe.csv", 4, "stripe: expected names with values"),
        ("stripe.csv", "'{{ env.TIEOUT_UNSET }}'", 4, "the environment variable TIEOUT_UNSET is not set"),
        ("stripe.csv", "'a/{{ env.TIEOUT_UNSET }}.csv'", 4, "the environment variable TIEOUT_UNSET is not set"),
        ("stripe.csv", "\"{{ env('TIEOUT_UNSET') }}\"", 4, "Environment variable TIEOUT_UNSET is not set"),
        ("stripe.csv", "'{{ evn.TIEOUT_UNSET }}'", 4, "'evn' not found"),
        ("  writes", "  on_several: refuse\n  writes", 12, "on_several is there twice, first in line 11; keep one"),
        ("    email: Email", "    email: Email\n    email: Mail", 9, "email is there twice, first in line 8"),
        ("pipelines.CustomerSync", "pipelines.CustomerSnyc", 1, "type: expected pipelines.CustomerSync, found"),
        ("type: pipelines.CustomerSync\n", "", 1, "type: expected pipelines.CustomerSync, found nothing"),
    ],
)
def test_mistake_gives_file_line_and_a_sentence(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    assert GOOD.count(old) >= 1
    file = declare(tmp_path, GOOD.replace(old, new, 1))
    sentence = refusal(tmp_path)
    assert sentence.startswith(f"{file}, line {line}: ")
    assert said in sentence


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "there is nothing in it"),
        ("# later\n", 1, "there is nothing in it"),
        ("- acme\n", 1, "type: expected pipelines.CustomerSync, found nothing"),
        ("acme\n", 1, "type: expected pipelines.CustomerSync, found nothing"),
        ("type: pipelines.CustomerSync\n", 1, "name: is required"),
        ("type: pipelines.CustomerSync\nattributes: [acme]\n", 2, "attributes: expected names with values"),
        (GOOD.replace("acme", "ac\x07me"), 3, "a character has no place in UTF-8 text"),
        (GOOD.replace("Email", "É-mail").encode("cp1252"), 8, "save the file as UTF-8"),
    ],
)
def test_file_that_is_no_declaration_gives_a_sentence(tmp_path: Path, text: str | bytes, line: int, said: str) -> None:
    file = declare(tmp_path, text)
    sentence = refusal(tmp_path)
    assert sentence.startswith(f"{file}, line {line}: ")
    assert said in sentence


@pytest.mark.rule("D6")
def test_two_declarations_of_one_name_are_refused(tmp_path: Path) -> None:
    first, second = declare(tmp_path, GOOD, "one"), declare(tmp_path, GOOD, "two")
    said = f"Two declarations have the name 'acme': {first}, line 1, and {second}, line 1; give each its own name."
    assert refusal(tmp_path) == said


@pytest.mark.rule("D6")
def test_two_declarations_of_one_name_in_one_file_are_refused(tmp_path: Path) -> None:
    file = declare(tmp_path, f"{GOOD}---\n{GOOD}")
    said = f"Two declarations have the name 'acme': {file}, line 1, and {file}, line 14; give each its own name."
    assert refusal(tmp_path) == said


@pytest.mark.rule("D6")
def test_declarations_are_read_in_the_order_of_their_files(tmp_path: Path) -> None:
    declare(tmp_path, GOOD.replace("acme", "b"), "b")
    declare(tmp_path, GOOD.replace("acme", "a") + "---\n" + GOOD.replace("acme", "c"), "a")
    assert [located.declaration.name for located in read_declarations(tmp_path)] == ["a", "c", "b"]


def test_templates_take_their_values_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEOUT_EXPORT", "exports/a.csv")
    text = GOOD.replace("stripe.csv", "'{{ env.TIEOUT_EXPORT }}'")
    declare(tmp_path, text.replace("netsuite.csv", "\"{{ env('TIEOUT_UNSET', 'b.csv') }}\""))
    [located] = read_declarations(tmp_path)
    assert (located.declaration.stripe.export, located.declaration.netsuite.export) == (["exports/a.csv"], ["b.csv"])


def test_a_login_may_lack_its_variables_which_are_remembered_by_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIEOUT_EMPTY", "")
    login = "client_id: '{{ env.TIEOUT_EMPTY }}', certificate_id: abc, private_key: '{{ env.TIEOUT_UNSET }}'"
    netsuite = f"{{account: '1234567', mass_search: customsearch_tieout, {login}}}"
    text = GOOD.replace("{export: netsuite.csv}", netsuite).replace(
        "export: stripe.csv", "api_key: '{{ env.TIEOUT_KEY }}'"
    )
    declare(tmp_path, text)
    [located] = read_declarations(tmp_path)
    assert located.unset == {
        "netsuite.client_id": "TIEOUT_EMPTY",
        "netsuite.private_key": "TIEOUT_UNSET",
        "stripe.api_key": "TIEOUT_KEY",
    }


def test_parts_can_be_merged_as_yaml_merges_them(tmp_path: Path) -> None:
    declare(tmp_path, GOOD.replace("  rules", "    <<: {phone: Phone, email: E-Mail}\n  rules"))
    [located] = read_declarations(tmp_path)
    assert located.declaration.netsuite_fields == {"phone": "Phone", "internal_id": "Internal ID", "email": "Email"}


def test_components_of_others_are_left_to_dagster(tmp_path: Path) -> None:
    declare(tmp_path, "type: dagster.TemplatedSqlComponent\nattributes: {}\n")
    assert read_declarations(tmp_path) == []
