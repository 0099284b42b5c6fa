"""The file of people: who is in it, who comes in, and every sentence on what it cannot be."""

import io
from pathlib import Path

import pytest

from pipelines.login import add_person as command
from pipelines.login.people import Account, People, add_person, read_people
from schemas.errors import UserError

PASSWORD = "correct horse battery"


def in_file(tmp_path: Path, text: str, mode: int = 0o600) -> Path:
    file = tmp_path / "people"
    file.write_text(text)
    file.chmod(mode)
    return file


def test_a_person_is_added_known_by_a_hash_and_replaced_by_name(tmp_path: Path) -> None:
    file = tmp_path / "people"
    assert not add_person(file, "Ada Lovelace", "approve", PASSWORD)
    assert not add_person(file, "Bob", "look", "another password")
    assert file.stat().st_mode & 0o777 == 0o600
    assert PASSWORD not in file.read_text()
    assert file.read_text().startswith("Ada Lovelace:approve:$argon2id$v=19$")
    people = People(file)
    known = people.verified("Ada Lovelace", PASSWORD)
    assert known is not None
    assert (known.role, PASSWORD in repr(known), "argon2" in repr(known)) == ("approve", False, False)
    for name, word in (("Ada Lovelace", "another password"), ("ada lovelace", PASSWORD), ("Eve", PASSWORD), ("", "")):
        assert people.verified(name, word) is None
    assert add_person(file, "Ada Lovelace", "plan", "yet another one")
    assert people.verified("Ada Lovelace", PASSWORD) is None
    assert list(read_people(file)) == ["Ada Lovelace", "Bob"]


def test_a_password_is_the_same_on_every_keyboard_and_never_endless(tmp_path: Path) -> None:
    file = tmp_path / "people"
    add_person(file, "Zoë", "look", "e\u0301" * 12)
    people = People(file)
    assert people.verified("Zoë", "\u00e9" * 12)
    assert people.verified("Zoë", "\u00e9" * 300) is None


@pytest.mark.parametrize(
    ("name", "role", "password", "said"),
    [
        ("", "look", PASSWORD, "NAME must be a name"),
        ("a:b", "look", PASSWORD, "NAME must be a name"),
        ("a\nb", "look", PASSWORD, "NAME must be a name"),
        ("x" * 101, "look", PASSWORD, "NAME must be a name"),
        ("Eve", "admin", PASSWORD, "ROLE must be one of look, plan, approve, not 'admin'."),
        ("Eve", "look", "short", "The password must have 12 to 200 characters."),
        ("Eve", "look", "x" * 201, "The password must have 12 to 200 characters."),
        ("ada", "look", PASSWORD, "'Ada' is in "),
    ],
)
def test_what_cannot_be_is_a_sentence_and_changes_nothing(
    tmp_path: Path, name: str, role: str, password: str, said: str
) -> None:
    file = in_file(tmp_path, "Ada:look:$argon2id$v=19$x\n")
    with pytest.raises(UserError, match=said):
        add_person(file, name, role, password)
    assert file.read_text() == "Ada:look:$argon2id$v=19$x\n"


@pytest.mark.parametrize(
    ("text", "mode", "said"),
    [
        ("", 0o600, "Nobody is in "),
        ("Ada:look:$argon2id$x\n", 0o640, "can be read or changed by others \\(mode 0640\\); do chmod 600 "),
        ("Ada:look:$argon2id$x\nBob:admin:$argon2id$x\n", 0o600, "people, line 2: expected name:role:hash"),
        ("Ada:look:$argon2id$x\nAda:plan:$argon2id$x\n", 0o600, "people, line 2: expected name:role:hash"),
        ("Ada:look:secret\n", 0o600, "people, line 1: expected name:role:hash"),
        (":look:$argon2id$x\n", 0o600, "people, line 1: expected name:role:hash"),
    ],
)
def test_a_file_that_cannot_be_believed_is_a_sentence(tmp_path: Path, text: str, mode: int, said: str) -> None:
    with pytest.raises(UserError, match=said) as raised:
        People(in_file(tmp_path, text, mode))
    assert "secret" not in str(raised.value)


def test_no_file_at_all_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read: add somebody who may sign in, by make ui-user"):
        People(tmp_path / "people")


def test_an_account_shows_no_hash() -> None:
    assert "secret" not in repr(Account("Ada", "look", "secret"))


def test_the_command_adds_the_person_whose_password_it_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ui.yaml").write_text("people: people\n")
    monkeypatch.setenv("TIEOUT_UI_SETTINGS", str(tmp_path / "ui.yaml"))
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    assert command.main(["Ada", "--role", "plan"]) == 0
    assert capsys.readouterr().out.startswith("Ada can sign in (plan); the hash is in ")
    assert People(tmp_path / "people").verified("Ada", PASSWORD)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (None, "✗ TIEOUT_UI_SETTINGS is not set; "),
        ("read_only: true\n", "✗ {file} names no file of people; "),
        ("pepole: people\n", "✗ {file}, line 1: pepole: unknown key; did you mean people? "),
    ],
)
def test_the_command_says_why_it_cannot(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    settings: str | None,
    said: str,
) -> None:
    file = tmp_path / "ui.yaml"
    monkeypatch.delenv("TIEOUT_UI_SETTINGS", raising=False)
    if settings is not None:
        file.write_text(settings)
        monkeypatch.setenv("TIEOUT_UI_SETTINGS", str(file))
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    assert command.main(["Ada", "--role", "plan"]) == 1
    assert capsys.readouterr().err.startswith(said.format(file=file))
    assert not (tmp_path / "people").exists()
