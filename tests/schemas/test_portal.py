"""An address in the portal field is ours, or somebody else's and stays."""

import pytest

from schemas.portal import is_ours

TOKEN = "7.12." + "0a" * 32
SUITELET = "https://1-sb1.extforms.netsuite.com/app/site/hosting/scriptlet.nl"


@pytest.mark.rule("P7")
@pytest.mark.parametrize(
    ("address", "ours"),
    [
        ("https://billing.stripe.com/p/login/test_abc", True),
        ("https://pay.acme.example/p/login/live_abc?prefilled_email=a%40b.example", True),
        (f"{SUITELET}?script=1017&deploy=1&compid=1_SB1&ns-at=AA&t={TOKEN}", True),
        (f"{SUITELET}?t={TOKEN}&script=1017", True),
        (f"{SUITELET}?script=1017&t=7.12.2027-12-31.{'0a' * 32}", True),
        (f"{SUITELET}?script=1017&t={TOKEN.replace('7.', '8.', 1)}", False),
        (f"{SUITELET}?script=1017&t={TOKEN}0", False),
        (f"{SUITELET}?script=1017&deploy=1&compid=1_SB1&recid=7", False),
        ("https://billing.stripe.com/p/session/test_abc", False),
        ("https://evil.example/?x=https://billing.stripe.com/p/login/a", False),
        ("https://acme.example/portal", False),
        ("", False),
    ],
)
def test_only_what_we_write_into_this_record_is_ours(address: str, ours: bool) -> None:
    assert is_ours(address, 7) is ours
