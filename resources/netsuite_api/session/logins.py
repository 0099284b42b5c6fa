"""The credentials with which a request proves who sends it: a certificate's private key, or an access token.

Here is what the two look like and what is signed with them; when a token is fetched and renewed is in `authorization`.
Secrets are never part of a repr. Facts: O:section_162755359851 (certificate), O:section_1534941295 (token).
"""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar, Final

from authlib.oauth1 import ClientAuth
from authlib.oauth1.rfc5849.signature import generate_signature_base_string
from authlib.oauth1.rfc5849.util import escape
from authlib.oauth2.rfc7523.assertion import sign_jwt_bearer_assertion
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc.jwk import ECKey, RSAKey

from schemas.errors import AccessError

ASSERTION_SECONDS: Final = 600
_CURVES: Final = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}
_RSA_BITS: Final = frozenset({3072, 4096})


@dataclass(frozen=True, kw_only=True)
class CertificateLogin:
    """OAuth 2.0 client credentials: the way that NetSuite recommends.

    Attributes:
        client_id: of the integration record, shown once when it is saved.
        certificate_id: from Setup > Integration > OAuth 2.0 Client Credentials (M2M) Setup.
        private_key: PEM text of the key that belongs to the certificate: RSA of 3072 or 4096 bits, or EC P-256,
            P-384 or P-521.
    """

    client_id: str
    certificate_id: str
    private_key: str = field(repr=False)

    def assertion(self, audience: str, now: Callable[[], float] = time.time) -> str:
        """Sign the JWT that is given for an access token. Raises `AccessError` for a key that cannot be used."""
        key, algorithm = self._key()
        header = {"typ": "JWT", "alg": algorithm, "kid": self.certificate_id}
        issued = int(now())
        signed: str = sign_jwt_bearer_assertion(
            key,
            self.client_id,
            audience,
            issued_at=issued,
            expires_at=issued + ASSERTION_SECONDS,
            claims={"scope": ["restlets"]},
            header=header,
        )
        return signed

    def _key(self) -> tuple[RSAKey | ECKey, str]:
        what = "The private key of the NetSuite certificate cannot be used"
        if "\\n" in self.private_key:
            raise AccessError(
                f"{what}: it holds the two characters \\n where its lines should break. Give it with real line breaks, "
                'such as export NETSUITE_PRIVATE_KEY="$(cat tieout-key.pem)".'
            )
        try:
            key = load_pem_private_key(self.private_key.encode(), password=None)
        except TypeError:
            raise AccessError(f"{what}: it is protected by a password; give the key without one.") from None
        except (ValueError, UnsupportedAlgorithm):
            raise AccessError(f"{what}: it is not PEM text that begins with -----BEGIN PRIVATE KEY-----.") from None
        if isinstance(key, RSAPrivateKey) and key.key_size in _RSA_BITS:
            return RSAKey.import_key(self.private_key), "PS256"
        if isinstance(key, EllipticCurvePrivateKey) and key.curve.name in _CURVES:
            return ECKey.import_key(self.private_key), _CURVES[key.curve.name]
        raise AccessError(
            f"{what}: NetSuite takes RSA of 3072 or 4096 bits, or EC P-256, P-384 or P-521; make a new one."
        )


@dataclass(frozen=True, kw_only=True)
class TokenLogin:
    """Token-based authentication (OAuth 1.0a, HMAC-SHA256), for accounts that still use it.

    From 2027.1 no new integration of this kind can be made (O:section_0525020842).
    """

    consumer_key: str = field(repr=False)
    consumer_secret: str = field(repr=False)
    token_id: str = field(repr=False)
    token_secret: str = field(repr=False)

    def header(self, account: str, method: str, url: str) -> str:
        """Sign one request; the result serves once."""
        signer = _Signer(
            self.consumer_key,
            self.consumer_secret,
            self.token_id,
            self.token_secret,
            signature_method=_Signer.METHOD,
            realm=account,
        )
        # Without the body: its hash would be one more parameter, which NetSuite does not know.
        _, headers, _ = signer.sign(method, url, {}, b"")
        return str(headers["Authorization"])


def _hmac_sha256(client: ClientAuth, request: object) -> str:
    key = f"{escape(client.client_secret)}&{escape(client.token_secret)}"
    base = generate_signature_base_string(request)
    return base64.b64encode(hmac.new(key.encode(), base.encode(), hashlib.sha256).digest()).decode()


class _Signer(ClientAuth):  # type: ignore[misc]
    """Authlib's client, which knows every step but this algorithm."""

    METHOD = "HMAC-SHA256"
    SIGNATURE_METHODS: ClassVar = {METHOD: _hmac_sha256}
