"""What an installation relies on, over HTTP with a real S3 server: conditions, encryption, writers who race or die."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from resources.storage.address import bucket_of
from resources.storage.bucket import STORAGE
from resources.storage.folders import Folders
from schemas.errors import AccessError, TransientError, UserError
from tests.reconciling import CHECKOUT
from tests.resources.storage.test_storage import contents, put
from tests.s3_server import S3, SECRET, s3_server

TIMES = 6
KILLED_BEFORE = ("put", "results.json", "pointer.json")
"""Before anything goes up, before the results are swapped, and, when they are, before the frames are."""


@pytest.fixture(scope="module")
def s3() -> Iterator[S3]:
    with s3_server() as server:
        yield server


@pytest.fixture
def environment(s3: S3, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """Of an installation of this test alone."""
    said = s3.environment | {STORAGE: f"{s3.environment[STORAGE]}/{request.node.name.partition('[')[0]}"}
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    bucket_of.cache_clear()
    s3.asked.clear()
    yield said
    s3.answers = lambda _: None
    bucket_of.cache_clear()


def installation(folder: Path) -> Folders:
    return Folders(folder, folder / "home", folder / "out", os.environ[STORAGE])


def writer(environment: Mapping[str, str], name: str, folder: Path, killed_before: str = "") -> "subprocess.Popen[str]":
    given = ("-m", "tests.resources.storage.racing_writer", name, str(folder / name), str(TIMES), killed_before)
    return subprocess.Popen(
        [sys.executable, *given], cwd=CHECKOUT, env=os.environ | environment, stderr=subprocess.PIPE, text=True
    )


def test_what_it_takes_and_is_not_installed_is_named(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "obstore.store", None)
    with pytest.raises(UserError, match=r"obstore is not installed: run `make \.venv/celery\.ok`"):
        bucket_of(environment[STORAGE])


def test_two_machines_that_write_at_once_lose_nothing_and_one_that_is_killed_leaves_nothing_half(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """Two who race, and beside them some who are killed with a part of what they wanted to put there."""
    writers = {name: writer(environment, name, tmp_path) for name in ("one", "two")}
    killed = {f"killed{at}": writer(environment, f"killed{at}", tmp_path, at) for at in KILLED_BEFORE}
    for process in writers.values():
        assert process.communicate()[1] == ""
    for process in killed.values():
        process.communicate()
        assert process.returncode < 0
    at = installation(tmp_path / "reader")
    newest = at.published("acme").newest()
    assert newest is not None
    found = {name: path.read_text() for name, path in newest.fetched(newest.files).items()}
    frames = contents(at.frames("acme"))
    for name in writers:
        assert found[f"{name}.csv"] == frames[f"{name}.parquet"] == f"{name} {TIMES - 1}"
    for number in range(TIMES):
        assert found[f"{number}.txt"] in {*writers, *killed}
        assert frames[f"{number}.parquet"].endswith(f" {number}")
    last = f"killed{KILLED_BEFORE[-1]}"
    assert {name for name in killed if f"{name}.csv" in found} == {last}
    assert not frames.keys() & {f"{name}.parquet" for name in killed}
    at.frames("acme").tidy(timedelta(0))
    at.published("acme").tidy()
    assert contents(installation(tmp_path / "another").frames("acme")) == frames


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        ({"AWS_SERVER_SIDE_ENCRYPTION": "AES256"}, {"x_amz_server_side_encryption": "AES256"}),
        (
            {"AWS_SERVER_SIDE_ENCRYPTION": "aws:kms", "AWS_SSE_KMS_KEY_ID": "alias/tieout"},
            {
                "x_amz_server_side_encryption": "aws:kms",
                "x_amz_server_side_encryption_aws_kms_key_id": "alias/tieout",
            },
        ),
    ],
)
def test_every_object_that_is_put_there_asks_for_the_encryption_that_is_set(
    said: dict[str, str],
    sent: dict[str, str],
    environment: dict[str, str],
    s3: S3,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    put(installation(tmp_path).frames("acme"), one="1")
    assert len(s3.put({})) == len(s3.put(sent)) > 2
    assert environment[STORAGE].endswith(s3.put(sent)[-1].split("/")[3])


def _ignores_conditions(environ: Mapping[str, object]) -> None:
    assert isinstance(environ, dict)
    for name in ("HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH"):
        environ.pop(name, None)


def test_a_store_that_takes_no_notice_of_conditions_is_refused_before_anything_relies_on_it(
    environment: dict[str, str], s3: S3, tmp_path: Path
) -> None:
    s3.answers = _ignores_conditions
    with pytest.raises(UserError, match=rf"{environment[STORAGE]}\S* cannot replace an object on a condition"):
        put(installation(tmp_path).frames("acme"), one="1")
    assert installation(tmp_path).frames("acme").names() == []


@pytest.mark.usefixtures("environment")
def test_a_swap_that_meets_another_is_made_all_the_same(s3: S3, tmp_path: Path) -> None:
    """S3 answers so where two conditional writes arrive together."""
    frames, met = installation(tmp_path).frames("acme"), [True, True]
    put(frames, one="1")

    def conflict(environ: Mapping[str, object]) -> tuple[str, bytes] | None:
        is_swap = "HTTP_IF_MATCH" in environ and str(environ["PATH_INFO"]).endswith("pointer.json")
        said = b"<Error><Code>ConditionalRequestConflict</Code></Error>"
        return ("409 Conflict", said) if is_swap and met and met.pop() else None

    s3.answers = conflict
    put(frames, two="2")
    assert not met
    assert contents(frames) == {"one": "1", "two": "2"}


@pytest.mark.parametrize(
    ("answer", "error", "sentence"),
    [
        (
            ("501 Not Implemented", b"<Error><Code>NotImplemented</Code></Error>"),
            UserError,
            "cannot replace an object on a condition",
        ),
        (("403 Forbidden", b"<Error><Code>AccessDenied</Code></Error>"), AccessError, "may not be used"),
        (("404 Not Found", b"<Error><Code>NoSuchBucket</Code></Error>"), UserError, "make the bucket"),
        (("400 Bad Request", b"<Error><Code>InvalidArgument</Code></Error>"), TransientError, "could not be asked"),
    ],
)
def test_what_a_store_refuses_is_said_in_one_sentence_without_the_login(
    answer: tuple[str, bytes],
    error: type[Exception],
    sentence: str,
    environment: dict[str, str],
    s3: S3,
) -> None:
    s3.answers = lambda _: answer
    bucket = bucket_of(environment[STORAGE])
    with pytest.raises(error, match=sentence) as met:
        bucket.check()
    assert SECRET not in f"{met.value!r} {bucket!r}"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({STORAGE: "https://host/bucket"}, "expected an address such as s3://bucket/prefix"),
        ({STORAGE: "s3://bucket/../other"}, "expected an address such as"),
        ({"AWS_ALLOW_HTTP": ""}, "names an open line, over which customer data would go"),
        ({"AWS_SERVER_SIDE_ENCRYPTION": "rot13"}, "expected one of AES256, aws:kms, aws:kms:dsse"),
        ({"AWS_SSE_KMS_KEY_ID": "alias/tieout"}, "so that AWS_SERVER_SIDE_ENCRYPTION must be aws:kms"),
    ],
)
@pytest.mark.usefixtures("environment")
def test_a_setting_that_cannot_be_meant_is_refused(
    said: dict[str, str], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(UserError, match=sentence):
        bucket_of(os.environ[STORAGE])
