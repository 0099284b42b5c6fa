"""Tries a login alone before a pool uses it: NetSuite locks a user whom it has refused five times in a row.

A wrong access token is sent with every call, so that a whole pool would be refused at once, and whoever corrects it
would be refused for half an hour. A token that NetSuite gives, by a certificate, needs none of this.
"""

import threading
from collections.abc import Callable
from typing import TypeVar

from resources.netsuite_api.session.answers import LoginRefusedError

_Result = TypeVar("_Result")


class FirstLogin:
    """Lets one call go ahead until NetSuite has let it in; safe to share between threads."""

    def __init__(self) -> None:
        self._alone = threading.Lock()
        self._is_in = threading.Event()
        self._refused: LoginRefusedError | None = None

    def behind(self, ask: Callable[[], _Result], quick: Callable[[], object] | None = None) -> _Result:
        """Ask, alone if nobody was let in before; with `quick`, that is asked alone instead, as all others wait for it.

        Raises:
            LoginRefusedError: by this call, or by the first: the same login is not tried again.
        """
        if not self._is_in.is_set():
            with self._alone:
                if self._refused:
                    raise self._refused
                if not self._is_in.is_set():
                    if quick is None:
                        return self._tried(ask)
                    self._tried(quick)
        return ask()

    def _tried(self, ask: Callable[[], _Result]) -> _Result:
        try:
            found = ask()
        except LoginRefusedError as error:
            self._refused = error
            raise
        self._is_in.set()
        return found
