"""What the web server shows of the folder of results: files of the last run, and nothing else of this machine."""

from pathlib import Path

import pytest
from starlette.datastructures import Headers

from pipelines.guard import Guard
from pipelines.result_pages import ResultPages
from resources.storage.folders import Folders
from tests.pipelines.test_guard import _dagster, answer, scope


@pytest.fixture
def out(tmp_path: Path) -> Path:
    newest = tmp_path / "out" / ".runs" / "acme" / "1"
    newest.mkdir(parents=True)
    (tmp_path / "secret.csv").write_text("of somebody else")
    for name in ("report.html", "plan.csv", "review.xlsx", "import_notes.txt", "run.json", ".hidden.csv", "notes.sh"):
        (newest / name).write_text(f"this is {name}")
    (newest / "folder.csv").mkdir()
    (newest / "link.csv").symlink_to(tmp_path / "secret.csv")
    (tmp_path / "out" / "acme").symlink_to(".runs/acme/1")
    (tmp_path / "out" / "away").symlink_to(tmp_path)
    (tmp_path / "out" / "other").symlink_to(".runs/acme/1")
    return tmp_path / "out"


def asked(out: Path, path: str, method: str = "GET", **headers: str) -> tuple[int, Headers, bytes]:
    folders = Folders(root=out, home=out.parent / "home", out=out)
    started, *bodies = answer(scope(method, path, headers), Guard(ResultPages(_dagster, folders)))
    return started["status"], Headers(raw=started["headers"]), b"".join(part.get("body", b"") for part in bodies)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("report.html", "text/html; charset=utf-8"),
        ("plan.csv", "text/csv; charset=utf-8"),
        ("review.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("import_notes.txt", "text/plain; charset=utf-8"),
        ("run.json", "application/json"),
    ],
)
def test_a_file_of_the_last_run_is_shown_as_what_it_is_kept_nowhere_and_in_a_sandbox(
    out: Path, name: str, kind: str
) -> None:
    status, headers, body = asked(out, f"/results/acme/{name}")
    assert (status, body.decode()) == (200, f"this is {name}")
    assert headers["content-type"] == kind
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    sandbox, framed = headers.getlist("content-security-policy")
    assert sandbox.startswith("sandbox ")
    assert "allow-same-origin" not in sandbox
    assert "frame-ancestors 'none'" in framed
    assert headers["content-disposition"].startswith("attachment" if name in {"plan.csv", "review.xlsx"} else "inline")


@pytest.mark.parametrize(
    "path",
    [
        "/results",
        "/results/",
        "/results/acme",
        "/results/acme/",
        "/results/acme/absent.csv",
        "/results/acme/.hidden.csv",
        "/results/acme/notes.sh",
        "/results/acme/folder.csv",
        "/results/acme/link.csv",
        "/results/acme/../../secret.csv",
        "/results/acme/..%2f..%2fsecret.csv",
        "/results/acme//secret.csv",
        "/results/away/secret.csv",
        "/results/other/plan.csv",
        "/results/.runs/acme/1/plan.csv",
        "/results/acme/plan.csv\n",
        "/results/acme/plan.csv\0",
    ],
)
def test_nothing_else_is_there(out: Path, path: str) -> None:
    status, _, body = asked(out, path)
    assert (status, body) == (404, b"There is no such file among the results of the last run.\n")


def test_what_is_no_result_goes_to_dagster(out: Path) -> None:
    assert asked(out, "/runs")[2] == b"dagster"
    assert asked(out, "/results_of_others")[2] == b"dagster"


def test_no_page_of_another_origin_reads_a_result_from_within(out: Path) -> None:
    foreign = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}
    assert asked(out, "/results/acme/plan.csv", **foreign)[0] == 403
    assert asked(out, "/results/acme/plan.csv", "POST", **{"content-type": "application/json"})[0] == 405
