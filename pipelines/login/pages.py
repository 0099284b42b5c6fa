"""The one page of the login, and where people go from it: never anywhere but to pages of this server."""

import re
import secrets
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from starlette.responses import HTMLResponse

from pipelines.login.sessions import Person

LOGIN: Final = "/login"
"""The path of the page; everything of the login is below it."""
_PATH: Final = re.compile(r"/(?![/\\])[!-\[\]-~]{0,6000}")


def page(
    status: int = 200,
    *,
    message: str = "",
    person: Person | None = None,
    provider: str | None = None,
    following: str = "/",
    has_left: bool = False,
    leaving: str | None = None,
) -> HTMLResponse:
    """The page on which people sign in, and out.

    Args:
        status: of the answer.
        message: what went wrong.
        person: who is signed in.
        provider: who says who somebody is; None where a password does.
        following: the path to go to afterwards.
        has_left: whether this person has just signed out here, and may still be signed in at the provider.
        leaving: the address at which the provider signs people out, to which the page leads.
    """
    nonce = secrets.token_urlsafe(12)
    shown = _template().render(
        nonce=nonce,
        message=message,
        person=person,
        provider=provider,
        next=following,
        has_left=has_left,
        leaving=leaving,
    )
    policy = f"default-src 'none'; base-uri 'none'; style-src 'nonce-{nonce}'"
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
    return HTMLResponse(shown, status, headers | ({"Refresh": f"0; url={leaving}"} if leaving else {}))


def path_of(text: object) -> str:
    """A path of this server, query included; the first page for anything else.

    >>> path_of("/runs?q=1"), path_of("//evil.example"), path_of("https://evil.example")
    ('/runs?q=1', '/', '/')
    """
    asked = str(text or "")
    return asked if _PATH.fullmatch(asked) and not asked.startswith(LOGIN) else "/"


@cache
def _template() -> Template:
    loader = FileSystemLoader(Path(__file__).parent)
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined).get_template("page.html.jinja")
