"""Who is let in: OAuth 2.0 client credentials with a certificate, and token-based authentication (OAuth 1.0a).

Checked as NetSuite documents it (O:section_162755359851, O:section_1534941295), independently of the client's
libraries where that is cheap: a signature that is wrong, a clock that is off, a nonce used twice are all refused.
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from sandbox.netsuite_standin.errors import LoginError
from sandbox.netsuite_standin.options import Options

ALGORITHMS = ["PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
TOKEN_PATH = "/services/rest/auth/oauth2/v1/token"  # noqa: S105  a path
SCOPES = frozenset({"restlets", "rest_webservices", "suite_analytics"})
RSA_BITS = frozenset({3072, 4096})
CURVES = frozenset({"secp256r1", "secp384r1", "secp521r1"})
MOST_MINUTES = 60
MOST_FAILURES = 5
LOCKED_SECONDS = 1_800
CLOCK_SKEW = 300
NONCE_LENGTH = 6
KNOWN_PARAMETERS = frozenset(
    f"oauth_{name}"
    for name in ("consumer_key", "token", "nonce", "timestamp", "signature_method", "version", "signature")
) | {"realm"}


@dataclass
class Certificate:
    """One row of the OAuth 2.0 client credentials page: integration, certificate, until when."""

    client_id: str
    public_pem: str
    until: float


@dataclass
class Token:
    """One access token of token-based authentication, with the secrets of its integration."""

    consumer_key: str
    consumer_secret: str
    secret: str


@dataclass
class Logins:
    """All credentials of the account, and what was already used."""

    options: Options
    certificates: dict[str, Certificate] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    issued: dict[str, float] = field(default_factory=dict)
    _nonces: set[tuple[str, str]] = field(default_factory=set)
    _failures: list[float] = field(default_factory=list)

    def issue(self, form: Mapping[str, str]) -> str:
        """Give an access token for a signed assertion. Raises `LoginError` with the OAuth error code."""
        if form.get("grant_type", "client_credentials") != "client_credentials":
            raise LoginError("grant type", "unsupported_grant_type", 400)
        if form.get("client_assertion_type") != ASSERTION or not {"grant_type", "client_assertion"} <= set(form):
            raise LoginError("assertion type", "invalid_request", 400)
        claims = self._claims(form.get("client_assertion", ""))
        self._check_claims(claims)
        token = secrets.token_urlsafe(40)
        self.issued[token] = self.options.clock() + self.options.token_seconds
        return token

    def check(self, authorization: str, method: str, url: str) -> None:
        """Let a request in, or raise `LoginError`. `url` is the whole address that was called."""
        scheme, _, rest = authorization.partition(" ")
        if scheme == "Bearer":
            if self.issued.get(rest, 0) <= self.options.clock():
                raise LoginError("token_rejected")
        elif scheme == "OAuth":
            self._check_lock()
            try:
                self._check_signature(_header_parameters(rest), method, url)
            except LoginError:
                self._failures.append(self.options.clock())
                raise
            self._failures.clear()
        else:
            raise LoginError("no login")

    def _check_lock(self) -> None:
        """Five refusals in a row lock the user of token-based authentication for half an hour."""
        failures = self._failures[-MOST_FAILURES:]
        if len(failures) == MOST_FAILURES and self.options.clock() < failures[-1] + LOCKED_SECONDS:
            raise LoginError("temporary_locked")

    def _claims(self, assertion: str) -> Mapping[str, object]:
        certificate: Certificate | None = None

        def key(header: object) -> ECKey | RSAKey:
            nonlocal certificate
            kid = header.headers().get("kid") if hasattr(header, "headers") else None
            certificate = self.certificates.get(str(kid))
            if certificate is None:
                raise LoginError("unknown certificate", "invalid_client")
            is_rsa = isinstance(load_pem_public_key(certificate.public_pem.encode()), RSAPublicKey)
            return (RSAKey if is_rsa else ECKey).import_key(certificate.public_pem)

        try:
            token = jwt.decode(assertion, key, algorithms=ALGORITHMS)
        except (JoseError, ValueError) as error:
            raise LoginError("signature", "invalid_grant", 400) from error
        if certificate is None or certificate.until <= self.options.clock():
            raise LoginError("certificate expired", "invalid_client")
        if token.claims.get("iss") != certificate.client_id:
            raise LoginError("issuer", "invalid_client")
        if token.header.get("typ") != "JWT":
            raise LoginError("typ", "invalid_request", 400)
        return token.claims

    def _check_claims(self, claims: Mapping[str, object]) -> None:
        now = self.options.clock()
        issued, ends = _number(claims.get("iat")), _number(claims.get("exp"))
        if not issued - CLOCK_SKEW <= now < ends or ends - issued >= MOST_MINUTES * 60:
            raise LoginError("assertion expired", "invalid_grant", 400)
        if str(claims.get("aud")) not in self._audiences():
            raise LoginError("audience", "invalid_grant", 400)
        scope = claims.get("scope")
        scopes = scope if isinstance(scope, list) else str(scope).split(",")
        if "restlets" not in scopes or set(map(str, scopes)) - SCOPES:
            raise LoginError("scope", "invalid_scope", 400)

    def _audiences(self) -> set[str]:
        host = self.options.account.lower().replace("_", "-")
        return {f"https://{host}.{kind}.api.netsuite.com{TOKEN_PATH}" for kind in ("suitetalk", "restlets")}

    def _check_signature(self, given: Mapping[str, str], method: str, url: str) -> None:
        token = self.tokens.get(given.get("oauth_token", ""))
        if token is None or token.consumer_key != given.get("oauth_consumer_key"):
            raise LoginError("consumer_key_unknown")
        if set(given) - KNOWN_PARAMETERS:
            raise LoginError("parameter_rejected")
        if given.get("realm") != self.options.account:
            raise LoginError("account")
        if given.get("oauth_signature_method") != "HMAC-SHA256":
            raise LoginError("UnknownAlgorithm")
        if given.get("oauth_version", "1.0") != "1.0":
            raise LoginError("VersionRejected")
        if abs(self.options.clock() - _number(given.get("oauth_timestamp"))) > CLOCK_SKEW:
            raise LoginError("InvalidTimestamp")
        nonce = (given["oauth_timestamp"], given.get("oauth_nonce", ""))
        if len(nonce[1]) < NONCE_LENGTH:
            raise LoginError("nonce_rejected")
        if nonce in self._nonces:
            raise LoginError("nonce_used")
        if not hmac.compare_digest(_signature(given, method, url, token), given.get("oauth_signature", "")):
            raise LoginError("InvalidSignature")
        self._nonces.add(nonce)


def check_key(public_pem: str) -> None:
    """Raise ValueError for a public key that NetSuite does not take with a certificate."""
    key = load_pem_public_key(public_pem.encode())
    is_rsa = isinstance(key, RSAPublicKey) and key.key_size in RSA_BITS
    if not is_rsa and not (isinstance(key, EllipticCurvePublicKey) and key.curve.name in CURVES):
        raise ValueError("NetSuite takes RSA of 3072 or 4096 bits, or EC P-256, P-384 or P-521.")


def _signature(given: Mapping[str, str], method: str, url: str, token: Token) -> str:
    """Sign a request as RFC 5849, section 3.4, says."""
    address = urlsplit(url)
    signed = [(k, v) for k, v in given.items() if k not in {"realm", "oauth_signature"}]
    pairs = sorted((_escaped(k), _escaped(v)) for k, v in signed + parse_qsl(address.query, keep_blank_values=True))
    where = f"{address.scheme.lower()}://{address.netloc.lower()}{address.path}"
    base = "&".join(_escaped(part) for part in (method.upper(), where, "&".join(f"{k}={v}" for k, v in pairs)))
    key = f"{_escaped(token.consumer_secret)}&{_escaped(token.secret)}"
    return base64.b64encode(hmac.new(key.encode(), base.encode(), hashlib.sha256).digest()).decode()


def _header_parameters(text: str) -> dict[str, str]:
    return {name: unquote(value) for name, value in re.findall(r'(\w+)="([^"]*)"', text)}


def _escaped(text: str) -> str:
    return quote(text, safe="~")


def _number(value: object) -> float:
    try:
        return float(str(value))
    except ValueError as error:
        raise LoginError("not a number", "invalid_request", 400) from error
