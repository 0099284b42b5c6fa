"""A real S3 server for tests, over HTTP on loopback: moto's, asked for one thing at a time.

moto looks at a condition and puts the object in two steps, so that of two who put at once both could win: S3 itself
decides about one after the other, and so does this.
"""

import threading
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from moto.moto_server.werkzeug_app import create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

from resources.storage.address import bucket_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

BUCKET, REGION = "tieout", "eu-central-1"
SECRET = "canary-of-the-store"


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 (its name there)
        """Say nothing."""


@dataclass
class S3:
    """The server.

    Attributes:
        url: its address.
        asked: the headers of each request, with `METHOD path` under an empty name.
        answers: what answers in its place, where that gives something: status and body.
    """

    url: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    answers: Callable[["WSGIEnvironment"], tuple[str, bytes] | None] = lambda _: None

    @property
    def environment(self) -> dict[str, str]:
        """What names it."""
        return {
            "TIEOUT_STORAGE": f"s3://{BUCKET}/kept",
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "of-the-tests",
            "AWS_SECRET_ACCESS_KEY": SECRET,
        }

    def put(self, headers: Mapping[str, str]) -> list[str]:
        """The paths that were put with these headers."""
        return [
            each[""].split(" ", 1)[1]
            for each in self.asked
            if each[""].startswith("PUT") and headers.items() <= each.items()
        ]


@contextmanager
def s3_server() -> Iterator[S3]:
    """Serve one bucket while the body runs."""
    inner, one_at_a_time, server = create_backend_app("s3"), threading.Lock(), S3()

    def answered(environ: "WSGIEnvironment", start: "StartResponse") -> list[bytes]:
        headers = {name[5:].lower(): str(value) for name, value in environ.items() if name.startswith("HTTP_")}
        server.asked.append({"": f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}", **headers})
        if said := server.answers(environ):
            start(said[0], [("Content-Type", "application/xml")])
            return [said[1]]
        with one_at_a_time:
            return list(inner(environ, start))

    made = make_server("127.0.0.1", 0, answered, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    server.url = f"http://127.0.0.1:{made.server_port}"
    try:
        _make_bucket(server.url)
        yield server
    finally:
        bucket_of.cache_clear()
        made.shutdown()
        made.server_close()
        thread.join()


def _make_bucket(url: str) -> None:
    place = (
        "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>"
    )
    asked = urllib.request.Request(f"{url}/{BUCKET}", place.encode(), method="PUT")  # noqa: S310 (on loopback)
    urllib.request.urlopen(asked).close()  # noqa: S310
