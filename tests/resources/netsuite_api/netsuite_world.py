"""What the tests of the NetSuite client share: a client that speaks to a stand-in, with a key made for the test run."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import TypedDict, Unpack

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from resources.netsuite_api import (
    CertificateLogin,
    NetsuiteClient,
    NetsuiteSettings,
    RetryPolicy,
    Timeouts,
    TokenLogin,
)
from sandbox.netsuite_standin import STANDARD_COLUMNS, NetsuiteStandIn, Options, SavedSearch, World
from schemas.link_fields import fields_of
from tests.labels import LABELS

SEARCH = "customsearch_tieout"
FIELDS = LABELS
QUICK = RetryPolicy(attempts=4, first_wait=0.01, longest_wait=0.02)
SHORT = Timeouts(connect_seconds=5, answer_seconds=20)


@cache
def key_pair() -> tuple[str, str]:
    """Make the private and the public half of a P-256 key, as PEM."""
    made = ec.generate_private_key(ec.SECP256R1())
    private = made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = made.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


def certificate_login() -> CertificateLogin:
    return CertificateLogin(client_id="client", certificate_id="certificate", private_key=key_pair()[0])


def fields_with(**others: str) -> dict[str, str]:
    """Give the NetSuite field behind each link field, with others than usual for some."""
    return {field.name: field.script_id for field in fields_of("netsuite")} | others


class ClientSettings(TypedDict, total=False):
    """What a test may set of `NetsuiteSettings`."""

    account: str
    login: CertificateLogin | TokenLogin
    script: str
    deployment: str
    field_ids: Mapping[str, str]
    concurrency: int
    rows_per_call: int
    retry_policy: RetryPolicy
    timeouts: Timeouts
    base_url: str
    now: Callable[[], float]


@contextmanager
def connected(
    world: World | None = None,
    options: Options | None = None,
    searches: Sequence[SavedSearch] = (SavedSearch(columns=STANDARD_COLUMNS),),
    **settings: Unpack[ClientSettings],
) -> Iterator[tuple[NetsuiteClient, NetsuiteStandIn]]:
    """Run a stand-in and a client that logs in to it with a certificate."""
    with NetsuiteStandIn(world or World(), options, searches) as server:
        server.register_certificate("client", "certificate", key_pair()[1])
        server.register_token(("consumer", "consumer-secret"), ("token", "token-secret"))
        usual = NetsuiteSettings(account="1234567_SB1", login=certificate_login(), base_url=server.url)
        quick = replace(usual, retry_policy=QUICK, timeouts=SHORT)
        with NetsuiteClient(replace(quick, **settings)) as client:
            yield client, server
