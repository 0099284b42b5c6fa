"""How the stand-ins are served: a server ends as soon as it is told to, as a test run starts and stops a thousand."""

import asyncio
import socket

import uvicorn


class Server(uvicorn.Server):
    """Looks ten times as often whether it is to stop, and then hangs up without a pause."""

    async def main_loop(self) -> None:
        """Wait for the end."""
        ticks = 0
        while not await self.on_tick(ticks):
            await asyncio.sleep(0.01)
            ticks = (ticks + 1) % 10

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Where it is to end at once, only who is in the middle of an answer has the tenth of a second of uvicorn."""
        if not self.force_exit:
            await super().shutdown(sockets)
            return
        for closing in (*self.servers, *(sockets or ())):
            closing.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        for _ in range(100):
            if not self.server_state.connections and not self.server_state.tasks:
                return
            await asyncio.sleep(0.001)
