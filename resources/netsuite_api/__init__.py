"""The way to NetSuite over its API: one RESTlet, deployed from the suitescript folder (docs/netsuite.md).

Others import from here. Export files of the same saved search have a reader of their own, with the same frame.
"""

from resources.netsuite_api.client import NetsuiteClient
from resources.netsuite_api.reading.customers import NetsuiteExtract, PreviousRead
from resources.netsuite_api.reading.portal import LinkTerms
from resources.netsuite_api.session.logins import CertificateLogin, TokenLogin
from resources.netsuite_api.session.restlet import Health, LinkName, NetsuiteSettings
from resources.netsuite_api.session.retry import RetryPolicy
from resources.netsuite_api.session.transport import Timeouts
from resources.netsuite_api.writing.creates import NetsuiteCreates
from resources.netsuite_api.writing.edits import NetsuiteEdits
from resources.netsuite_api.writing.new_records import HowToUndo, NewRecord, RecordOutcome
from resources.netsuite_api.writing.preflight import Preflight, RefusedRecord, ToldRecord, ToldValue, TrialRecord
from resources.netsuite_api.writing.requests import AnswerOutcome, SyncRequest
from resources.netsuite_api.writing.wire import FieldEdit, NetsuiteOutcome

__all__ = [
    "AnswerOutcome",
    "CertificateLogin",
    "FieldEdit",
    "Health",
    "HowToUndo",
    "LinkName",
    "LinkTerms",
    "NetsuiteClient",
    "NetsuiteCreates",
    "NetsuiteEdits",
    "NetsuiteExtract",
    "NetsuiteOutcome",
    "NetsuiteSettings",
    "NewRecord",
    "Preflight",
    "PreviousRead",
    "RecordOutcome",
    "RefusedRecord",
    "RetryPolicy",
    "SyncRequest",
    "Timeouts",
    "TokenLogin",
    "ToldRecord",
    "ToldValue",
    "TrialRecord",
]
