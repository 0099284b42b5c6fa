"""What people in NetSuite see of the way to Stripe, word by word: the portal link (P7), the button (P5)."""

import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from schemas.declaration.part import DeclaredPart
from schemas.declaration.problems import Problem

if TYPE_CHECKING:
    from schemas.declaration.declaration import Declaration

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class PortalTerms(DeclaredPart):
    """Which link it is, how long it is good for, and how soon the button is answered; part of `to_stripe`."""

    portal: Literal["off", "login_link", "suitelet"] = Field(
        "off",
        description="the link to the customer portal kept in NetSuite: Stripe's login page, or the Suitelet (P7)",
    )
    portal_email: bool = Field(
        False, description="login_link: the customer's e-mail address stands in the link, so that it is filled in"
    )
    portal_generation: int = Field(
        1, ge=1, le=999_999, description="suitelet: links of a lower one than the Suitelet's are revoked"
    )
    portal_until: str | None = Field(None, description="suitelet: the last day on which links open, as 2027-12-31")

    requests_seconds: int = Field(
        60, ge=30, le=3_600, description="how often it is looked for requests of the button “Sync with Stripe” (P5)"
    )

    def portal_problems(self) -> Iterator[Problem]:
        """What does not fit together."""
        only = {"portal_email": "login_link", "portal_generation": "suitelet", "portal_until": "suitelet"}
        for name, kind in only.items():
            if name in self.model_fields_set and self.portal != kind:
                yield (name,), f"has no effect without portal: {kind}"
        if self.portal_until is not None and not _is_day(self.portal_until):
            yield ("portal_until",), f"expected a day such as 2027-12-31, in quotes, found {self.portal_until!r}"


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return bool(_DAY.fullmatch(text))


def problems_of_portal(declared: "Declaration") -> Iterator[Problem]:
    """Say what of the portal link does not fit to the rest of a declaration."""
    if declared.portal is None:
        return
    if "portal_link" not in declared.netsuite_fields:
        yield ("to_stripe", "portal"), "needs portal_link in netsuite_fields, the column that shows the link (P7)"
    if not declared.can_write:
        yield ("to_stripe", "portal"), "needs both sides over their APIs: no file is asked for a portal"
