"""The setting of an installation that keeps its state in an object store: its address, and the login beside it.

Everything but the address is what the library itself reads in the environment, under the names that Amazon's own tools
use: login, region, endpoint, encryption.
"""

import os
import re
from datetime import timedelta
from functools import cache
from typing import Final

from resources.storage.bucket import STORAGE, Bucket
from schemas.errors import UserError
from schemas.secrets import remember

ENCRYPTION: Final = "AWS_SERVER_SIDE_ENCRYPTION"
KEY: Final = "AWS_SSE_KMS_KEY_ID"
SECRETS: Final = (
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_ACCESS_KEY_ID",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
)
_ADDRESS: Final = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/[A-Za-z0-9._=-]+)*/?")
_DOTS: Final = re.compile(r"/\.{1,2}(/|$)")
_ENCRYPTIONS: Final = ("AES256", "aws:kms", "aws:kms:dsse")
_TRUE: Final = ("1", "true", "on", "yes", "y")


@cache
def bucket_of(address: str) -> Bucket:
    """The object store of this address; it is not asked yet.

    Raises:
        UserError: it is no address, the environment contradicts itself, or what it takes is not installed.
    """
    if not _ADDRESS.fullmatch(address) or _DOTS.search(address):
        raise UserError(
            f"{STORAGE} is {address[:100]!r}; expected an address such as s3://bucket/prefix; the name of a "
            "bucket has at least three characters, in lower case."
        )
    try:
        from obstore.store import S3Store  # noqa: PLC0415 (an extra)
    except ModuleNotFoundError:
        raise UserError(
            f"{STORAGE} is set, but obstore is not installed: run `make .venv/celery.ok` in the checkout, which "
            "installs what several machines need, then start again."
        ) from None
    for name in SECRETS:
        remember(name, os.environ.get(name, ""))
    _check_environment()
    bucket, _, prefix = address.removeprefix("s3://").rstrip("/").partition("/")
    store = S3Store(
        bucket,
        client_options={"connect_timeout": "5s", "timeout": "300s", "allow_http": _is_open_line()},
        retry_config={"max_retries": 4, "retry_timeout": timedelta(seconds=60)},
    )
    return Bucket(f"s3://{bucket}", store).below(*prefix.split("/")) if prefix else Bucket(f"s3://{bucket}", store)


def encryption() -> str:
    """What is asked of the store for each object that is put there, in words."""
    said = os.environ.get(ENCRYPTION)
    if not said:
        return "encrypted as the bucket says"
    return f"encrypted by {said}" + (f" with the key of {KEY}" if os.environ.get(KEY) else "")


def _is_open_line() -> bool:
    return os.environ.get("AWS_ENDPOINT_URL", "").startswith("http://")


def _check_environment() -> None:
    encryption = os.environ.get(ENCRYPTION, "")
    if _is_open_line() and os.environ.get("AWS_ALLOW_HTTP", "").lower() not in _TRUE:
        raise UserError(
            "AWS_ENDPOINT_URL names an open line, over which customer data would go: name one that begins with "
            "https://, or set AWS_ALLOW_HTTP=true if it stays on this machine."
        )
    if encryption and encryption not in _ENCRYPTIONS:
        raise UserError(f"{ENCRYPTION} is {encryption[:40]!r}; expected one of {', '.join(_ENCRYPTIONS)}.")
    if os.environ.get(KEY) and not encryption.startswith("aws:kms"):
        raise UserError(f"{KEY} names a key, so that {ENCRYPTION} must be aws:kms.")
