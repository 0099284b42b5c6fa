"""How the stand-in is served: every answer is dated by NetSuite's clock."""

from collections.abc import Callable
from email.utils import formatdate

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send


def dated(send: Send, clock: Callable[[], float]) -> Send:
    """Let every answer say what time it is for NetSuite."""

    async def send_with_date(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["Date"] = formatdate(clock(), usegmt=True)
        await send(message)

    return send_with_date
