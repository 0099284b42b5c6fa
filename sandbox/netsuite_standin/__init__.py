"""A NetSuite account on loopback that runs the shipped RESTlet: for tests, benchmarks and `make sandbox`.

It does what Oracle's documentation says of the parts that Tieout uses (docs/netsuite.md names the pages); what is not
documented can be switched both ways in `Options`. It is not NetSuite: no forms, no workflows, no other records.
"""

from sandbox.netsuite_standin.account import Account
from sandbox.netsuite_standin.cabinet import Script
from sandbox.netsuite_standin.options import Fault, Options
from sandbox.netsuite_standin.searches import STANDARD_COLUMNS, Column, SavedSearch
from sandbox.netsuite_standin.server import Call, NetsuiteStandIn
from sandbox.netsuite_standin.world import STRIPE_FIELD, Customer, Save, World

__all__ = [
    "STANDARD_COLUMNS",
    "STRIPE_FIELD",
    "Account",
    "Call",
    "Column",
    "Customer",
    "Fault",
    "NetsuiteStandIn",
    "Options",
    "Save",
    "SavedSearch",
    "Script",
    "World",
]
