"""The ledger: the memory that makes a retry safe, an undo possible, and a person's decision last.

Others import from here. It holds what cannot be derived: the journal of writes, the requests to write, the decisions of
persons, the guesses that nobody has confirmed; and the leases of runs that are under way. It is SQLite in the state
folder, or PostgreSQL by URL; both are brought to the newest form by `Ledger.open`.
"""

import resources.ledger.no_colours  # noqa: F401 - before Alembic is loaded
from resources.ledger.decisions import DecidedSince, Decisions, LastDecision, NewDecision
from resources.ledger.engines import LEDGER_URL, need_postgresql
from resources.ledger.guesses import GUESSES, PAIR, Guesses
from resources.ledger.journal import Journal
from resources.ledger.leases import Holder, Lease
from resources.ledger.requests import Request, Requests
from resources.ledger.store import RUN, Ledger

__all__ = [
    "GUESSES",
    "LEDGER_URL",
    "PAIR",
    "RUN",
    "DecidedSince",
    "Decisions",
    "Guesses",
    "Holder",
    "Journal",
    "LastDecision",
    "Lease",
    "Ledger",
    "NewDecision",
    "Request",
    "Requests",
    "need_postgresql",
]
