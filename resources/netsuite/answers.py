"""What an answer of NetSuite means: the script's own answer, weather that passes, or a sentence for a person.

Shapes of error answers: O:section_4634920277; limits: O:bridgehead_1525252812. A message may be JSON inside JSON, when
the script threw it; both forms are read.
"""

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Final

import orjson
import requests
from pydantic import BaseModel, ValidationError

from schemas.errors import AccessError, BugError, MistakeError, TieoutError, WeatherError

VERSION: Final = 2
"""The version of the RESTlet that this client speaks with."""

MOST_CLOCK_SECONDS: Final = 120
_TOO_MANY: Final = 429
_LIMIT_CODES: Final = frozenset({"SSS_REQUEST_LIMIT_EXCEEDED", "CONCURRENCY_LIMIT_EXCEEDED"})
"""The pool was full, so that the script was not run."""

_PASSING_CODES: Final = _LIMIT_CODES | {
    "SSS_TIME_LIMIT_EXCEEDED",
    "UNEXPECTED_ERROR",
    "SEARCH_TIMED_OUT",
    "SSS_SEARCH_TIMEOUT",
}
_LOGIN_CODES: Final = frozenset({"INVALID_LOGIN_ATTEMPT", "INVALID_LOGIN_CREDENTIALS", "INVALID_LOGIN", "TWO_FA_REQD"})
_ROLE: Final = "Setup > Users/Roles > Manage Roles"


Parsed = Mapping[str, object]
"""An answer as it was read, before a model says what its parts are."""


class PassingError(WeatherError):
    """Weather that is worth another try.

    Attributes:
        may_have_run: the script may have run and done what it was asked; false where the call never reached it.
    """

    def __init__(self, message: str, *, may_have_run: bool) -> None:
        super().__init__(message)
        self.may_have_run = may_have_run


class LoginRefusedError(AccessError):
    """The login was refused; a new access token may help once."""


class PermissionMissingError(AccessError):
    """The role may not do what was asked; `health` can say what it lacks."""


class _Envelope(BaseModel, hide_input_in_errors=True):
    """The part that all answers of the RESTlet share."""

    ok: bool
    version: int
    error: "_Problem | None" = None


class _Problem(BaseModel, hide_input_in_errors=True):
    code: str
    message: str = ""


class _Refused(BaseModel, hide_input_in_errors=True):
    error: _Problem


class _Thrown(BaseModel, hide_input_in_errors=True):
    name: str = ""
    message: str = ""


def check(response: requests.Response, script: str, now: float) -> Parsed:
    """Return a good answer, parsed.

    Raises:
        PassingError: limits, server errors, an answer that is not the script's.
        AccessError: only a person can help.
        BugError: the script refuses what this client should not have sent.
    """
    if response.is_redirect:
        raise AccessError(
            "NetSuite redirects to another address, which is not followed: check the account id, and use the one that "
            "Setup > Company > Company Information shows."
        )
    if response.ok:
        return _good(response, script)
    raise _refusal(response, script, now)


def passing(what: str, response: requests.Response, *, may_have_run: bool) -> PassingError:
    """Make the error for an answer that another try may better."""
    message = f"NetSuite {what} (HTTP {response.status_code}): nothing was found out; try again later."
    return PassingError(message, may_have_run=may_have_run)


def not_deployed(script: str) -> AccessError:
    """Make the error for a script that cannot be run."""
    return AccessError(
        f"NetSuite runs no RESTlet {script} for this role: check the script and deployment ids, and that the "
        f"deployment is Released, Deployed and has the role in its audience (Customization > Scripting > Script "
        f"Deployments)."
    )


def columns_changed() -> WeatherError:
    """Make the error for a saved search that somebody edited while it was read: asking the same again cannot help."""
    return WeatherError(
        "The columns of the saved search were changed while it was read, so that values may stand in wrong columns: "
        "nothing was kept; read it again."
    )


def unusable(what: str) -> WeatherError:
    """Make the error for an answer that has the script's form, and yet cannot be right."""
    return WeatherError(f"NetSuite's answer cannot be right ({what}): nothing of it was taken; try again later.")


def clock_hint(response: requests.Response, now: float) -> str:
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


def _good(response: requests.Response, script: str) -> Parsed:
    try:
        answer: Parsed = orjson.loads(response.content)
        envelope = _Envelope.model_validate(answer)
    except orjson.JSONDecodeError:
        raise passing("answered with something that is not JSON", response, may_have_run=True) from None
    except ValidationError:
        raise AccessError(
            f"The script {script} answers, but is not Tieout's: give the ids of the RESTlet of the suitescript folder."
        ) from None
    if envelope.version != VERSION:
        raise AccessError(
            f"The RESTlet in NetSuite has version {envelope.version}, this Tieout needs {VERSION}: deploy the "
            f"suitescript folder of this Tieout again."
        )
    if envelope.error is not None:
        raise _from_script(envelope.error)
    return answer


def _from_script(problem: _Problem) -> TieoutError:
    code, message = problem.code, problem.message
    match code:
        case "INVALID_SEARCH" | "NOT_A_CUSTOMER_SEARCH" | "SUMMARY_COLUMN" | "ROWS_MULTIPLIED" | "COLUMNS_CHANGED":
            return _about_the_search(problem)
        case "INSUFFICIENT_PERMISSION" | "PERMISSION_VIOLATION":
            return PermissionMissingError(f"The role of the integration may not do this; add what it lacks at {_ROLE}.")
        case "UNKNOWN_ACTION" | "WRONG_TYPE" | "FIELD_NOT_ALLOWED":
            return BugError(f"The RESTlet refuses a request ({code}): {message}")
        case _ if code in _PASSING_CODES:
            message = f"NetSuite could not answer ({code}): nothing was found out; try again later."
            return PassingError(message, may_have_run=True)  # it did: this is its own answer
        case _:
            return AccessError(f"NetSuite refuses the request ({code}): {_plain(message)}")


def _about_the_search(problem: _Problem) -> TieoutError:
    if problem.code == "INVALID_SEARCH":
        return MistakeError(
            "The saved search does not exist for this role: check its id (Lists > Search > Saved Searches), and on its "
            "Audience tab give it to the role, or make it public."
        )
    return columns_changed() if problem.code == "COLUMNS_CHANGED" else MistakeError(problem.message)


def _refusal(response: requests.Response, script: str, now: float) -> TieoutError:
    status, problem = response.status_code, _problem(response)
    if status in {408, _TOO_MANY} or status >= 500 or problem.code in _PASSING_CODES:  # noqa: PLR2004  every server error
        was_full = status == _TOO_MANY or problem.code in _LIMIT_CODES
        return passing("could not answer", response, may_have_run=not was_full)
    if status in {401, 403} or problem.code in _LOGIN_CODES:
        return LoginRefusedError(f"NetSuite refuses the login ({problem.code}): {clock_hint(response, now) or _LOGIN}.")
    if status == 404 or problem.code in {"SSS_INVALID_SCRIPTLET_ID", "SSS_INVALID_DEPLOYMENT_ID"}:  # noqa: PLR2004
        return not_deployed(script)
    if status in {405, 415}:
        return BugError(f"NetSuite does not take the request as it was sent (HTTP {status}).")
    return _from_script(problem)


_LOGIN: Final = (
    "look at Setup > Users/Roles > View Login Audit Trail for the reason, and check that the account id is right, that "
    "the integration is enabled, that its token or certificate was not revoked, and that the role may log in with it"
)


def _problem(response: requests.Response) -> _Problem:
    try:
        problem = _Refused.model_validate_json(response.content).error
    except ValidationError:
        found = re.search(r"error code: (\w+)", response.text[:1000])
        return _Problem(code=found[1] if found else f"HTTP {response.status_code}")
    try:
        thrown = _Thrown.model_validate_json(problem.message)
    except ValidationError:
        return problem
    return _Problem(code=thrown.name or problem.code, message=thrown.message)


def _plain(message: str) -> str:
    return message[:300].rstrip(".") + "."
