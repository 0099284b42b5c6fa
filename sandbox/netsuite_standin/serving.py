"""How the stand-in is served: every answer is dated by NetSuite's clock, and a server ends as soon as it is told to."""

import asyncio
from collections.abc import Callable
from email.utils import formatdate

import uvicorn
from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send


def dated(send: Send, clock: Callable[[], float]) -> Send:
    """Let every answer say what time it is for NetSuite."""

    async def send_with_date(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["Date"] = formatdate(clock(), usegmt=True)
        await send(message)

    return send_with_date


class Server(uvicorn.Server):
    """Looks ten times as often whether it is to stop, as a test run starts and stops hundreds."""

    async def main_loop(self) -> None:
        """Wait for the end."""
        while not self.should_exit:  # noqa: ASYNC110  set by other threads and by signals
            await asyncio.sleep(0.01)
