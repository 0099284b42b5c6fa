"""What the tests around NetSuite share: a stand-in that lets its caller in, and a bare way to ask its RESTlet.

The bare way is `requests` with a ready token, so that the RESTlet and the stand-in are tested without our client.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests

from sandbox.netsuite_standin import NetsuiteStandIn, Options, SavedSearch, World
from sandbox.netsuite_standin.searches import STANDARD_COLUMNS

OPEN = "open"
FIELDS = {"stripe_id": "custentity_tieout_stripe_id", "external_id": "externalid", "comments": "comments"}


class Asker:
    """Asks the RESTlet of one stand-in."""

    def __init__(self, server: NetsuiteStandIn) -> None:
        self.server = server
        server.logins.issued[OPEN] = 1e12
        self.session = requests.Session()
        self.address = f"{server.url}/app/site/hosting/restlet.nl?script=customscript_tieout&deploy=customdeploy_tieout"

    def send(self, body: object, method: str = "POST", token: str = OPEN) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return self.session.request(method, self.address, json=body, headers=headers, timeout=20, allow_redirects=False)

    def ask(self, action: str, **given: object) -> Any:  # noqa: ANN401  whatever the script answers
        response = self.send({"action": action, **given})
        assert response.status_code == 200, response.text
        return response.json()

    def apply(self, *changes: object, **fields: str) -> list[dict[str, Any]]:
        answer: dict[str, list[dict[str, Any]]] = self.ask("apply", fields={**FIELDS, **fields}, changes=list(changes))
        return answer["outcomes"]


@contextmanager
def netsuite(
    world: World | None = None,
    options: Options | None = None,
    searches: tuple[SavedSearch, ...] = (SavedSearch(columns=STANDARD_COLUMNS),),
) -> Iterator[Asker]:
    """Run a stand-in and give an asker that it lets in."""
    with NetsuiteStandIn(world or World(), options, searches) as server:
        asker = Asker(server)
        with asker.session:
            yield asker
