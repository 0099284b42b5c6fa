"""What NetSuite says is wrong, in whichever form it says so; what follows from it is decided in `answers`.

Shapes of error answers: O:section_4634920277. A message may be JSON inside JSON, when the script threw it; both forms
are read.
"""

import re

from pydantic import BaseModel, Field, ValidationError

from resources.http.answer import Reply
from resources.server_text import harmless, short


class Problem(BaseModel, hide_input_in_errors=True):
    """A code of NetSuite's or of the script's, and what it says to it."""

    code: str
    message: str = ""

    @property
    def told(self) -> str:
        """Both, so that they may stand in a sentence."""
        return ": ".join(part for part in (short(self.code), harmless(self.message).rstrip(".")) if part)


def problem_of(response: Reply) -> Problem | None:
    """What NetSuite says is wrong, in one of its forms; None where the body is nothing of NetSuite's."""
    try:
        problem = _Refused.model_validate_json(response.body).error
    except ValidationError:
        return _rest_problem(response) or _text_problem(response)
    try:
        thrown = _Thrown.model_validate_json(problem.message)
    except ValidationError:
        return problem
    return Problem(code=thrown.name or problem.code, message=thrown.message)


def _rest_problem(response: Reply) -> Problem | None:
    try:
        details = _Details.model_validate_json(response.body).details
    except ValidationError:
        return None
    return Problem(code=details[0].code, message=details[0].detail)


def _text_problem(response: Reply) -> Problem | None:
    text = response.body[:1_000].decode(errors="replace")
    found = re.match(r"\s*error code: (\w+)(?:\s+error message: (.*))?", text)
    return Problem(code=found[1], message=found[2] or "") if found else None


def names_the_login(response: Reply) -> bool:
    """A refusal without a body is NetSuite's where it says of which account the login was (O:subsect_158521885412)."""
    return re.match(r"(Bearer|OAuth|Basic) realm=", response.headers.get("WWW-Authenticate", "")) is not None


class _Refused(BaseModel, hide_input_in_errors=True):
    error: Problem


class _Detail(BaseModel, hide_input_in_errors=True):
    code: str = Field(alias="o:errorCode")
    detail: str = ""


class _Details(BaseModel, hide_input_in_errors=True):
    """The form of the REST record API, which answers for what no script was asked (O:section_156570709583)."""

    details: list[_Detail] = Field(alias="o:errorDetails", min_length=1)


class _Thrown(BaseModel, hide_input_in_errors=True):
    name: str = ""
    message: str = ""
