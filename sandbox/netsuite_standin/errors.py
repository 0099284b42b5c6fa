"""The errors that NetSuite answers with: one class for what a script can catch, one for what ends the request."""


class ScriptError(Exception):
    """What an N/* module or the loader of modules throws: a code, a message, a type. A script may catch it."""

    def __init__(self, code: str, message: str, kind: str = "error.SuiteScriptError") -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.kind = kind


class RequestEndedError(ScriptError):
    """A limit that ends the whole request, whatever the script catches: units or time."""


class LoginError(Exception):
    """A request or an assertion that is not let in. `audit` is what the Login Audit Trail would say, never the body."""

    def __init__(self, audit: str, oauth_error: str = "invalid_token", status: int = 401) -> None:
        super().__init__(audit)
        self.audit = audit
        self.oauth_error = oauth_error
        self.status = status
