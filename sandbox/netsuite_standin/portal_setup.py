"""What an administrator has set up for the button and the customer portal, and who runs their scripts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

ScriptKind = Literal["restlet", "suitelet", "user_event", "client"]

PORTAL: tuple[str, str] = ("customscript_tieout_portal", "customdeploy_tieout_portal")
"""The script and the deployment of the Suitelet."""


@dataclass(kw_only=True)
class PortalSetup:
    """The set-up. A test may change it while the stand-in runs.

    Attributes:
        secrets: API secrets by their script ids. A script can use them and never read them.
        parameters: what the Suitelet's deployment says: parameter → value.
        online: whether the Suitelet is deployed, released and Available Without Login.
        stamp: NetSuite's own mark in the address of the Suitelet, which it may change (`ns-at`).
        redirects_out: whether a Suitelet may send its visitor to another site; Oracle's help can be read both ways.
        keeps_headers: names of headers that a script may not set.
        permissions: of the role that the Suitelet runs as.
        user_permissions: of the person who looks at customers and presses the button.
        elsewhere: the servers that a script may ask: address → where it really is.
    """

    secrets: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=lambda: {"custscript_tieout_portal_generation": "1"})
    online: bool = True
    stamp: str = "AAEJ7tMQstandinstamp"
    redirects_out: bool = True
    keeps_headers: frozenset[str] = frozenset()
    permissions: Mapping[str, int] = field(default_factory=lambda: {"LIST_CUSTJOB": 1})
    user_permissions: Mapping[str, int] = field(default_factory=lambda: {"LIST_CUSTJOB": 3, "LIST_FIND": 1})
    elsewhere: dict[str, str] = field(default_factory=dict)
