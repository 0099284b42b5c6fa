"""Which RESTlet calls do not reach the script, in NetSuite's order: login, pool, deployment, content type, size."""

from starlette.requests import Request
from starlette.responses import Response

from sandbox.netsuite_standin.errors import LoginError
from sandbox.netsuite_standin.logins import Logins
from sandbox.netsuite_standin.options import Options
from sandbox.netsuite_standin.wire import CONTENT_TYPES, as_error


def refusal(request: Request, body: bytes, options: Options, logins: Logins, running: int) -> Response | None:
    """Give the answer to a call that is refused, `running` calls being in the pool with it; None lets it in."""
    try:
        logins.check(request.headers.get("authorization", ""), request.method, str(request.url))
    except LoginError as error:
        return _not_let_in(request, options, error)
    if running > options.concurrency:
        return as_error(request, 400, "SSS_REQUEST_LIMIT_EXCEEDED", "Request limit exceeded.")
    return _misaddressed(request, options) or _unusable(request, body, options)


def _not_let_in(request: Request, options: Options, error: LoginError) -> Response:
    realm = f'realm="{options.account}", error="{error.oauth_error}", error_description="Invalid login attempt."'
    headers = {"WWW-Authenticate": f"Bearer {realm}"}
    return as_error(request, options.refused_login, "INVALID_LOGIN_ATTEMPT", "Invalid login attempt.", headers)


def _misaddressed(request: Request, options: Options) -> Response | None:
    message = "That Suitelet is invalid, disabled, or no longer exists."
    query = request.query_params
    named = (options.script, options.deployment)
    if (query.get("script"), query.get("deploy")) not in {named, options.numbers}:
        return as_error(request, 400, "SSS_INVALID_SCRIPTLET_ID", message)
    if not options.in_audience:
        status, code = options.outside
        return as_error(request, status, code, "You do not have privileges to view this page.")
    return None if options.released else as_error(request, 400, options.unreleased_code, message)


def _unusable(request: Request, body: bytes, options: Options) -> Response | None:
    if body and request.method in {"GET", "DELETE"}:
        return as_error(request, 400, "INVALID_REQUEST", "A GET or DELETE request takes no body.")
    if request.method in {"POST", "PUT"} and request.headers.get("content-type") not in CONTENT_TYPES:
        return as_error(request, 415, "UNSUPPORTED_MEDIA_TYPE", "Invalid content type.")
    if len(body) > options.most_bytes:
        return as_error(request, 400, "SSS_FILE_CONTENT_SIZE_EXCEEDED", "The request is larger than 10 MB.")
    return None
