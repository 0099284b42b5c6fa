"""The credentials with which a request proves who sends it: a certificate's private key, or an access token.

Here is what the two look like and what is signed with them; when a token is fetched and renewed is in `authorization`.
Secrets are never part of a repr. Facts: O:section_162755359851 (certificate), O:section_1534941295 (token).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from oauthlib.oauth1 import SIGNATURE_HMAC_SHA256, Client

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
        claims = {
            "iss": self.client_id,
            "aud": audience,
            "iat": issued,
            "exp": issued + ASSERTION_SECONDS,
            "scope": ["restlets"],
        }
        return jwt.encode(header, claims, key, algorithms=[algorithm])

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
        signer = Client(
            self.consumer_key,
            self.consumer_secret,
            self.token_id,
            self.token_secret,
            signature_method=SIGNATURE_HMAC_SHA256,
            realm=account,
        )
        # Without the body: its hash would be one more parameter, which NetSuite does not know.
        _, headers, _ = signer.sign(url, method)
        return str(headers["Authorization"])
