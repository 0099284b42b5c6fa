"""Who runs a script in the stand-in: what the script can find out about it, and what it may therefore do."""

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.netsuite_standin.portal_setup import ScriptKind


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who runs a script, and from where.

    Attributes:
        permissions: of the role.
        kind: what the script is.
        context: `runtime.executionContext`.
        address: where the account's pages are.
        record: the internal id of the customer on the screen of a client script.
    """

    permissions: Mapping[str, int]
    kind: ScriptKind = "restlet"
    context: str = "RESTLET"
    address: str = "https://1234567-sb1.extforms.netsuite.com"
    record: str = ""

    @property
    def settings(self) -> dict[str, str]:
        """What the modules know of it without asking."""
        return {"kind": self.kind, "context": self.context, "record": self.record}
