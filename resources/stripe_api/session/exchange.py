"""Many GETs at a time, carried by the one thread that takes their answers. What these mean is not decided here.

A thread for each would be woken for its answer alone, and find every cache cold: that cost half as much again.
"""

import selectors
import time
from collections.abc import Mapping
from typing import Final, Generic, TypeVar

import pycurl

from resources.http.answer import Reply
from resources.stripe_api.session.account import StripeAccount
from resources.stripe_api.session.retry import TransientFailure
from resources.stripe_api.session.transport import Received, options_of, prepare

Q = TypeVar("Q")

_ASKED: Final = {
    pycurl.POLL_IN: selectors.EVENT_READ,
    pycurl.POLL_OUT: selectors.EVENT_WRITE,
    pycurl.POLL_INOUT: selectors.EVENT_READ | selectors.EVENT_WRITE,
}
_READY: Final = {
    selectors.EVENT_READ: pycurl.CSELECT_IN,
    selectors.EVENT_WRITE: pycurl.CSELECT_OUT,
    selectors.EVENT_READ | selectors.EVENT_WRITE: pycurl.CSELECT_IN | pycurl.CSELECT_OUT,
}


class Exchange(Generic[Q]):
    """Connections of libcurl, and the questions that are under way on them. Not safe for threads; close it.

    It does nothing between two calls: what comes meanwhile waits in the sockets, and is taken together.
    """

    def __init__(self, account: StripeAccount, headers: Mapping[str, str]) -> None:
        """Open no connection yet."""
        self._most, self._options, self._headers = account.max_in_flight, options_of(account), headers
        self._selector = selectors.DefaultSelector()
        self._due: float | None = None
        self._idle: list[pycurl.Curl] = []
        self._sent: dict[pycurl.Curl, tuple[Q, Received]] = {}
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_MAXCONNECTS, self._most)
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._watch)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._remember)

    @property
    def is_full(self) -> bool:
        """Whether as many are under way as the account allows."""
        return len(self._sent) >= self._most

    def send(self, question: Q, url: str) -> None:
        """Send a question to a whole address."""
        curl = self._idle.pop() if self._idle else self._handle()
        curl.setopt(pycurl.URL, url)
        self._sent[curl] = question, Received(curl)
        self._multi.add_handle(curl)
        self._go_on()

    def received(self, seconds: float) -> list[tuple[Q, Reply | TransientFailure]]:
        """Take all answers that have come; the first of them is waited for, but not longer than so many seconds."""
        until = time.monotonic() + seconds
        while self._carry(0):
            pass
        while not (found := self._finished()) and (left := until - time.monotonic()) > 0:
            self._carry(left)
        return found

    def close(self) -> None:
        """Close the connections. What is under way is not waited for."""
        for curl in self._sent:
            self._multi.remove_handle(curl)
        for curl in (*self._sent, *self._idle):
            curl.close()
        self._multi.close()
        self._selector.close()

    def _handle(self) -> pycurl.Curl:
        curl = pycurl.Curl()
        prepare(curl, self._options, self._headers)
        return curl

    def _carry(self, seconds: float) -> bool:
        """Let libcurl go on with what is ready, or is so within some seconds. Say whether anything was."""
        wait = seconds if self._due is None else min(seconds, max(0.0, self._due - time.monotonic()))
        ready = self._selector.select(wait)
        for key, events in ready:
            self._multi.socket_action(key.fd, _READY[events])
        return self._go_on() or bool(ready)

    def _go_on(self) -> bool:
        """Do what libcurl wants to do by now without news from a socket."""
        if self._due is None or self._due > time.monotonic():
            return False
        self._due = None
        self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
        return True

    def _finished(self) -> list[tuple[Q, Reply | TransientFailure]]:
        found: list[tuple[Q, Reply | TransientFailure]] = []
        left = len(self._sent)
        while left:
            left, whole, failed = self._multi.info_read()
            for curl, code in (*((curl, pycurl.E_OK) for curl in whole), *((curl, code) for curl, code, _ in failed)):
                question, received = self._sent.pop(curl)
                found.append((question, received.failure(code) if code else received.reply()))
                self._multi.remove_handle(curl)
                self._idle.append(curl)
        return found

    def _watch(self, what: int, socket: int, _multi: pycurl.CurlMulti, _data: object) -> None:
        """Hear from libcurl which sockets it waits for, and for what."""
        if socket in self._selector.get_map():
            self._selector.unregister(socket)
        if what != pycurl.POLL_REMOVE:
            self._selector.register(socket, _ASKED[what])

    def _remember(self, milliseconds: int) -> None:
        """Hear from libcurl when it wants to go on, whatever the sockets do. It must not be called from here."""
        self._due = None if milliseconds < 0 else time.monotonic() + milliseconds / 1_000
