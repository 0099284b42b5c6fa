"""Who is signed in, in the corner of each of Dagster's pages, as a link to the page on which they sign out."""

from html import escape
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

from pipelines.login.pages import LOGIN
from pipelines.login.sessions import Person

_END: Final = b"</body>"
_STYLE: Final = "position:fixed;left:24px;bottom:4px;z-index:20;font:11px sans-serif;color:#555"
_DAGSTERS: Final = b'id="root"'
"""What only Dagster's own page has, in which its script draws everything."""


def in_the_corner(person: Person, send: Send) -> Send:
    """Adds the link to an answer that is Dagster's page, and leaves every other one as it is."""
    words = escape(f"{person.name} · may {person.role} · sign out")
    link = f'<a href="{LOGIN}" style="{_STYLE}">{words}</a>'.encode()
    held: list[Message] = []

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start" and _is_page(message):
            held.append(message)
        elif held:
            start, body = held.pop(), message.get("body", b"")
            if _DAGSTERS in body and not message.get("more_body"):
                body = body.replace(_END, link + _END)
                MutableHeaders(scope=start)["content-length"] = str(len(body))
            await send(start)
            await send({**message, "body": body})
        else:
            await send(message)

    return sent


def _is_page(message: Message) -> bool:
    kind = MutableHeaders(scope=message).get("content-type", "")
    return bool(message["status"] == 200) and kind.startswith("text/html")  # noqa: PLR2004 (HTTP's word for it)
