"""What can be chosen about the NetSuite stand-in, and the faults that can be ordered from it.

Where the documentation leaves room (see docs/netsuite.md, "Not certain"), both readings can be switched on, so that
the client and the RESTlet are tested against either. Nothing here acts; the other files of this package do.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Permission = Literal[0, 1, 2, 3, 4]
"""None, view, create, edit, full: the numbers of `N/runtime.Permission`."""

FaultKind = Literal["limit", "busy", "unavailable", "error", "reset", "silence", "lost", "garbage", "redirect"]
"""What goes wrong: 400 SSS_REQUEST_LIMIT_EXCEEDED, 429, 503, 500 UNEXPECTED_ERROR, a connection closed before anything
was done, an answer that never comes (nothing done), a connection closed after everything was done, an answer that is
not JSON, a 302 to another host."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that goes wrong, for requests of `action` (or any), after `skip` of them went well, `times` times."""

    kind: FaultKind
    action: str | None = None
    skip: int = 0
    times: int = 1


@dataclass(frozen=True, kw_only=True)
class Options:
    """How the stand-in behaves. The defaults are what the documentation says, or the likelier reading of it."""

    account: str = "1234567_SB1"
    script: str = "customscript_tieout"
    deployment: str = "customdeploy_tieout"
    numbers: tuple[str, str] = ("1017", "1")
    """The internal ids of script and deployment, by which both can be called as well."""
    released: bool = True
    unreleased_code: str = "SSS_INVALID_SCRIPTLET_ID"
    in_audience: bool = True
    outside: tuple[int, str] = (403, "INSUFFICIENT_PERMISSION")
    """Whether the role is in the deployment's audience; the status and code for one that is not."""
    concurrency: int = 5
    latency: float = 0.0
    """Seconds that every call takes at least, in its place in the pool."""
    row_latency: float = 0.0
    """Seconds more for every row that a call gives, changes or makes."""
    units: int = 5_000
    seconds: float = 300.0
    operation_seconds: float = 0.0
    """Seconds by which the script's clock moves with every operation, without anybody waiting."""
    most_bytes: int = 10 * 1024 * 1024
    search_cut: int = 4_000
    permissions: Mapping[str, Permission] = field(default_factory=lambda: {"LIST_CUSTJOB": 3, "LIST_FIND": 1})
    permission_form: Literal["number", "name", "member"] = "number"
    """What `getPermission` gives: a number, a name, or a member of an enumeration that is neither."""
    booleans: Literal["boolean", "letter"] = "boolean"
    result_ids: Literal["text", "number"] = "text"
    date_format: Literal["M/D/YYYY", "D.M.YYYY", "YYYY-MM-DD"] = "M/D/YYYY"
    refused_login: Literal[401, 403] = 401
    nested_errors: bool = True
    expires_in_as_text: bool = False
    token_seconds: int = 3_600
    stage_texts: Mapping[str, str] = field(
        default_factory=lambda: {"CUSTOMER": "Customer", "LEAD": "Lead", "PROSPECT": "Prospect"}
    )
    clock: Callable[[], float] = time.time
