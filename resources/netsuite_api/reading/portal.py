"""The signed links of the Suitelet, made inside NetSuite: the secret that signs them is never here."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel

from resources.netsuite_api.session.answers import unusable
from resources.netsuite_api.session.restlet import Restlet
from resources.pieces import pieces
from schemas.portal import is_ours
from schemas.words import InternalId

IDS_PER_CALL: Final = 1_000


@dataclass(frozen=True)
class LinkTerms:
    """What a link says besides whose it is.

    Attributes:
        generation: links of a lower one than the Suitelet's deployment names open nothing.
        until: the last day on which the link opens, as 2027-12-31; None: it has none.
    """

    generation: int = 1
    until: str | None = None


def portal_links(restlet: Restlet, ids: Iterable[InternalId], terms: LinkTerms) -> Mapping[InternalId, str]:
    """Ask for the link of each customer; the same question has the same answer, until NetSuite or the secret changes.

    Raises:
        TransientError: NetSuite could not be asked, after all tries.
        UserError: the Suitelet is not deployed, or the secret is missing; the sentence says so.
    """
    wanted = sorted(set(ids))

    def ask(piece: list[InternalId]) -> list[tuple[InternalId, str]]:
        asked = restlet.ask("portal_links", _Links, ids=piece, generation=terms.generation, until=terms.until)
        links = asked.links
        if len(links) != len(piece) or not all(map(is_ours, links, piece)):
            raise unusable("to portal_links, it has not a link for each customer")
        return list(zip(piece, links, strict=True))

    with ThreadPoolExecutor(restlet.settings.concurrency, thread_name_prefix="netsuite") as pool:
        return dict(pair for pairs in pool.map(ask, pieces(wanted, IDS_PER_CALL)) for pair in pairs)


class _Links(BaseModel):
    links: list[str]
