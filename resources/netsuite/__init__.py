"""The door to NetSuite over its API: one RESTlet, deployed from the suitescript folder (docs/netsuite.md).

Others import from here. Export files of the same saved search come through another door, with the same frame.
"""

from resources.netsuite.client import NetsuiteClient
from resources.netsuite.logins import CertificateLogin, TokenLogin
from resources.netsuite.reading import NetsuiteExtract, PreviousRead
from resources.netsuite.restlet import Health, LinkName, NetsuiteSettings
from resources.netsuite.weather import Patience
from resources.netsuite.writing import Change, NetsuiteOutcome

__all__ = [
    "CertificateLogin",
    "Change",
    "Health",
    "LinkName",
    "NetsuiteClient",
    "NetsuiteExtract",
    "NetsuiteOutcome",
    "NetsuiteSettings",
    "Patience",
    "PreviousRead",
    "TokenLogin",
]
