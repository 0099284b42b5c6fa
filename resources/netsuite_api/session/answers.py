"""What an answer of NetSuite means: the script's own answer, a failure that passes, or a sentence for a person.

Limits: O:bridgehead_1525252812. The forms in which NetSuite says what is wrong are in `problems`.
"""

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Final

import orjson
from pydantic import BaseModel, ValidationError

from resources.http.answer import Reply
from resources.netsuite_api.session.problems import Problem, names_the_login, problem_of
from resources.netsuite_api.session.retry import TransientCallError
from resources.server_text import harmless, short
from schemas.errors import AccessError, InternalError, TieoutError, TransientError, UserError

VERSION: Final = 6
"""The version of the RESTlet that this client speaks with. No other is read: see docs/netsuite.md."""

MOST_CLOCK_SECONDS: Final = 120
_OK, _REDIRECT, _BAD_REQUEST, _TOO_MANY = 200, 300, 400, 429
_LIMIT_CODES: Final = frozenset({"SSS_REQUEST_LIMIT_EXCEEDED", "CONCURRENCY_LIMIT_EXCEEDED"})
"""The pool was full, so that the script was not run."""

_PASSING_CODES: Final = _LIMIT_CODES | {
    "SSS_TIME_LIMIT_EXCEEDED",
    "UNEXPECTED_ERROR",
    "SEARCH_TIMED_OUT",
    "SSS_SEARCH_TIMEOUT",
}
_LOGIN_CODES: Final = frozenset({"INVALID_LOGIN_ATTEMPT", "INVALID_LOGIN_CREDENTIALS", "INVALID_LOGIN", "TWO_FA_REQD"})
_NOT_RUN_CODES: Final = frozenset(
    {"SSS_INVALID_SCRIPTLET_ID", "SSS_INVALID_DEPLOYMENT_ID", "INSUFFICIENT_PERMISSION", "PERMISSION_VIOLATION"}
)
"""Refused before the script ran, which answers its own errors with status 200: wrong ids, not released, or a role that
is not in the audience."""

_ROLE: Final = "Setup > Users/Roles > Manage Roles"
_OLDER_FILES: Final = frozenset({"MODULE_DOES_NOT_EXIST", "UNKNOWN_ACTION"})
"""A file of the script was not deployed, or not with the others."""

_DEPLOY: Final = "deploy the suitescript folder of this Tieout again"


_ESCAPE: Final = re.compile(
    rb"(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\(?!u[dD][89a-fA-F]).)|\\u.{4}", re.DOTALL
)
"""An escape in JSON; in a group but where it is half of a character."""

Parsed = Mapping[str, object]
"""An answer as it was read, before a model says what its parts are."""


class LoginRefusedError(AccessError):
    """The login was refused; a new access token may help once."""


class PermissionMissingError(AccessError):
    """The role may not do what was asked; `health` can say what it lacks."""


class _Envelope(BaseModel, hide_input_in_errors=True):
    """The part that all answers of the RESTlet share."""

    ok: bool
    version: int
    error: Problem | None = None


def check(response: Reply, script: str, now: float) -> Parsed:
    """Return a good answer, parsed.

    Raises:
        TransientCallError: limits, server errors, an answer that is not the script's.
        AccessError: only a person can help.
        InternalError: the script refuses what this client should not have sent.
    """
    check_place(response)
    if response.status == _OK:
        return _good(response, script)
    raise _refusal(response, script, now)


def check_place(response: Reply) -> None:
    """Raise AccessError for an answer that sends the request elsewhere, where no request of ours goes."""
    if _REDIRECT <= response.status < _BAD_REQUEST:
        raise AccessError(
            f"NetSuite redirects to another address (HTTP {response.status}), which is not followed: the account is in "
            "another data centre, or its id is wrong. Check the account id, and use the one that Setup > Company > "
            "Company Information shows."
        )


def passing(what: str, response: Reply, *, may_have_run: bool, code: str = "", message: str = "") -> TransientCallError:
    """Make the error for an answer that another try may better, with NetSuite's own words for it."""
    told = ": ".join(part for part in (short(code), harmless(message)) if part)
    told = f"HTTP {response.status}, {told}" if told else f"HTTP {response.status}"
    return TransientCallError(f"{what} ({told})", may_have_run=may_have_run)


def foreign(response: Reply) -> AccessError:
    """Make the error for a refusal that is not NetSuite's."""
    return AccessError(
        f"The request was answered by something that is not NetSuite (HTTP {response.status} with {response.form}): a "
        "proxy or a firewall in between, or a wrong account id or base_url. The login itself was not refused."
    )


def not_deployed(script: str) -> AccessError:
    """Make the error for a script that cannot be run."""
    return AccessError(
        f"NetSuite runs no RESTlet {script} for this role: check the script and deployment ids, and that the "
        f"deployment is Released, Deployed and has the role in its audience (Customization > Scripting > Script "
        f"Deployments)."
    )


def columns_changed() -> TransientError:
    """Make the error for a saved search that somebody edited while it was read: asking the same again cannot help."""
    return TransientError(
        "The columns of the saved search were changed while it was read, so that values may stand in wrong columns: "
        "nothing was kept; read it again."
    )


def unusable(what: str) -> TransientError:
    """Make the error for an answer that has the script's form, and yet cannot be right."""
    return TransientError(f"NetSuite's answer cannot be right ({what}): nothing of it was taken; try again later.")


def clock_hint(response: Reply, now: float) -> str:
    """Say that this machine's clock is wrong, if NetSuite's own says so."""
    try:
        there = parsedate_to_datetime(response.headers["Date"]).timestamp()
    except (KeyError, ValueError):
        return ""
    if abs(there - now) <= MOST_CLOCK_SECONDS:
        return ""
    direction = "behind" if there > now else "ahead of"
    minutes = round(abs(there - now) / 60)
    return f"the clock of this machine is {minutes} minutes {direction} NetSuite's; set it right"


def _good(response: Reply, script: str) -> Parsed:
    try:
        answer = _parsed(response.body)
        envelope = _Envelope.model_validate(answer)
    except orjson.JSONDecodeError:
        what = f"answered with something that is not JSON, {response.form} of {len(response.body):,} bytes"
        raise passing(what, response, may_have_run=True) from None
    except ValidationError:
        raise AccessError(
            f"The script {script} answers, but is not Tieout's: give the ids of the RESTlet of the suitescript folder."
        ) from None
    if envelope.version != VERSION:
        raise AccessError(
            f"The RESTlet in NetSuite has version {envelope.version}, this Tieout needs {VERSION}: {_DEPLOY}."
        )
    if envelope.error is not None:
        raise _from_script(envelope.error)
    return answer


def _parsed(body: bytes) -> Parsed:
    """The JSON of an answer; of a text that was cut within a character, which is none, with U+FFFD where it was cut."""
    try:
        answer: Parsed = orjson.loads(body)
    except orjson.JSONDecodeError:
        answer = orjson.loads(_ESCAPE.sub(lambda found: found[1] or rb"\ufffd", body))
    return answer


def _from_script(problem: Problem) -> TieoutError:
    code, message = problem.code, problem.message
    match code:
        case "INVALID_SEARCH" | "NOT_A_CUSTOMER_SEARCH" | "SUMMARY_COLUMN" | "ROWS_MULTIPLIED" | "COLUMNS_CHANGED":
            return _about_the_search(problem)
        case "INSUFFICIENT_PERMISSION" | "PERMISSION_VIOLATION":
            return PermissionMissingError(f"The role of the integration may not do this; add what it lacks at {_ROLE}.")
        case "WRONG_TYPE" | "FIELD_NOT_ALLOWED":
            return InternalError(f"The RESTlet refuses a request ({code}): {harmless(message)}")
        case _ if code in _PASSING_CODES:
            what = f"could not answer ({problem.told})"
            return TransientCallError(what, may_have_run=True)  # it did: this is its own answer
        case "SSS_USAGE_LIMIT_EXCEEDED":
            return AccessError(
                "NetSuite ended the call because it had used up its units (SSS_USAGE_LIMIT_EXCEEDED): a script or a "
                "workflow on customers takes them up. What was done by then stays, and the next run goes on from there."
            )
        case _:
            remedy = f": {_DEPLOY}" if code in _OLDER_FILES else ""
            return AccessError(f"NetSuite refuses the request ({problem.told}){remedy}.")


def _about_the_search(problem: Problem) -> TieoutError:
    if problem.code == "INVALID_SEARCH":
        return UserError(
            "The saved search does not exist for this role: check its id (Lists > Search > Saved Searches), and on its "
            "Audience tab give it to the role, or make it public."
        )
    return columns_changed() if problem.code == "COLUMNS_CHANGED" else UserError(harmless(problem.message))


def _refusal(response: Reply, script: str, now: float) -> TieoutError:
    status, problem = response.status, problem_of(response)
    code = problem.code if problem else ""
    if status in {408, _TOO_MANY} or status >= 500 or code in _PASSING_CODES:  # noqa: PLR2004  every server error
        was_full = status == _TOO_MANY or code in _LIMIT_CODES
        message = problem.message if problem else ""
        return passing("could not answer", response, may_have_run=not was_full, code=code, message=message)
    if code in _LOGIN_CODES or (problem is None and status in {401, 403} and names_the_login(response)):
        told = short(code) or f"HTTP {status}"
        return LoginRefusedError(f"NetSuite refuses the login ({told}): {clock_hint(response, now) or _LOGIN}.")
    if problem is None:
        return foreign(response)
    if code in _NOT_RUN_CODES or status == 404:  # noqa: PLR2004
        return not_deployed(script)
    if status in {405, 415}:
        return InternalError(f"NetSuite does not take the request as it was sent (HTTP {status}).")
    return _from_script(problem)


_LOGIN: Final = (
    "look at Setup > Users/Roles > View Login Audit Trail for the reason, and check that the account id is right, that "
    "the integration is enabled, that its token or certificate was not revoked, and that the role may log in with it"
)
