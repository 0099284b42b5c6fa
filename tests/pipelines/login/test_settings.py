"""The settings by which several people share the UI: what they say, and each mistake as a sentence with its line."""

from pathlib import Path

import pytest

from pipelines.login.settings import read_settings
from pipelines.login.shared import shared_ui
from schemas.errors import DeclarationError, UserError

SECRET = "0123456789abcdef" * 4
OIDC = """\
url: https://tieout.example
oidc:
  issuer: https://login.example
  client_id: tieout
  client_secret: "{{ env.OIDC }}"
  approve: [finance]
"""


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("OIDC", "a secret of the provider's")
    monkeypatch.setenv("SECRET", SECRET)
    return monkeypatch


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "ui.yaml"
    file.write_text(text)
    return file


@pytest.mark.usefixtures("environment")
def test_the_settings_say_who_signs_in_how_and_for_how_long(tmp_path: Path) -> None:
    more = 'secret: "{{ env.SECRET }}"\nidle_minutes: 5\nproxies: [127.0.0.1, 10.0.0.0/24]\n'
    found = read_settings(written(tmp_path, OIDC + more))
    assert found.oidc is not None
    assert (found.oidc.client_secret, found.oidc.approve) == ("a secret of the provider's", ["finance"])
    assert (found.secret, found.idle_minutes, found.session_hours) == (SECRET, 5, 12)
    assert (found.host, found.is_encrypted, found.read_only) == ("tieout.example", True, False)
    assert [said for said in (SECRET, "a secret of") if said in repr(found) or said in str(found)] == []


def test_a_server_of_this_machine_alone_needs_no_encryption(tmp_path: Path) -> None:
    found = read_settings(written(tmp_path, "people: people\nurl: http://127.0.0.1:3000\n"))
    assert (found.host, found.is_encrypted) == (None, False)


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "people: people\n\npepole: 1\n",
            "line 3: pepole: unknown key; did you mean people? Expected one of people,",
        ),
        ("people: people\nidle_minutes: 0\n", "line 2: idle_minutes: input should be greater than or equal to 1."),
        ("idle_minutes: 5\n", "line 1: the settings: expected people or oidc, by which people sign in, or read_only"),
        ("people: people\n" + OIDC, "line 1: people: has no place beside oidc: there is one way to sign in."),
        (OIDC.replace("url: https://tieout.example\n", ""), "line 1: oidc: needs url beside it"),
        (OIDC.replace("{{ env.OIDC }}", "hunter2hunter2"), "line 5: oidc.client_secret: is a secret, so it comes from"),
        (OIDC.replace("OIDC", "UNSET"), "line 5: the environment variable UNSET is not set; set it first."),
        (OIDC.replace("  approve: [finance]\n", ""), "line 2: oidc: nobody has a role; name values of role_claim"),
        (OIDC + "  scopes: [email]\n", "line 7: oidc.scopes: openid is missing"),
        (OIDC.replace("https://login", "http://login"), "line 3: oidc.issuer: expected an address such as https://"),
        (OIDC.replace("https://tie", "http://tie"), "line 1: url: expected an address such as https://"),
        ("people: people\nurl: https://tieout.example/ui\n", "line 2: url: expected an address without a path"),
        ("people: people\nsecret: short\n", "line 2: secret: is a secret, so it comes from the environment"),
        ('people: people\nsecret: "{{ env.OIDC }}"\n', "line 2: secret: is too short; take 32 random characters"),
        ("people: people\nproxies: [nginx]\n", "line 2: proxies.1: expected an IP address or a network"),
        (
            "people: people\nread_only: true\npeople: others\n",
            "line 3: people is there twice, first in line 1; keep one.",
        ),
        ("- people\n", "line 1: the settings: "),
        ("", "line 1: there is nothing in it"),
    ],
)
def test_a_mistake_is_a_sentence_with_its_line_and_without_a_secret(tmp_path: Path, text: str, said: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(DeclarationError) as raised:
        read_settings(file)
    assert said in str(raised.value)
    assert str(raised.value).startswith(str(file))
    assert "hunter2" not in str(raised.value)


def test_without_the_variable_the_ui_is_for_one_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TIEOUT_UI_SETTINGS", raising=False)
    assert shared_ui() is None


def test_a_file_that_is_not_there_is_never_taken_for_one_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIEOUT_UI_SETTINGS", str(tmp_path / "nowhere.yaml"))
    with pytest.raises(DeclarationError, match="there is no such file; TIEOUT_UI_SETTINGS names the one file"):
        shared_ui()
    monkeypatch.setenv("TIEOUT_UI_SETTINGS", str(written(tmp_path, "people: people\n")))
    with pytest.raises(UserError, match="add somebody who may sign in"):
        shared_ui()
