"""An account id becomes part of a host name only when it is one, and no call goes anywhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.netsuite_api.session.account import addresses
from schemas.errors import AccessError

SCRIPT = ("customscript_tieout", "customdeploy_tieout")


@pytest.mark.parametrize(
    ("account", "host"),
    [
        ("1234567", "1234567"),
        ("1234567_SB1", "1234567-sb1"),
        ("TSTDRV1234567", "tstdrv1234567"),
        ("123456_RP", "123456-rp"),
    ],
)
def test_an_account_has_its_own_hosts(account: str, host: str) -> None:
    made = addresses(account, *SCRIPT)
    query = "script=customscript_tieout&deploy=customdeploy_tieout"
    assert made.restlet == f"https://{host}.restlets.api.netsuite.com/app/site/hosting/restlet.nl?{query}"
    assert made.token == f"https://{host}.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token"
    assert made.audience == made.token


@pytest.mark.parametrize(
    "account",
    [
        "",
        "1234567-sb1",
        "1234567_sb1",
        "evil.com/",
        "1234567.evil.com",
        "1234567_SB1\n",
        "123 4567",
        "1234567@evil",
        "é1234",
    ],
)
def test_what_is_no_account_id_is_refused_in_one_sentence(account: str) -> None:
    with pytest.raises(AccessError, match="Setup > Company > Company Information"):
        addresses(account, *SCRIPT)


@given(st.text("A1_-./@:#?\n é", max_size=30))
def test_no_text_at_all_leads_to_another_domain(account: str) -> None:
    try:
        made = addresses(account, *SCRIPT)
    except AccessError:
        return
    assert made.restlet.split("/")[2].endswith(".restlets.api.netsuite.com")
    assert made.restlet.split("/")[2].count(".") == 4


@pytest.mark.parametrize("ids", [("a&b=c", "d"), ("a", ""), ("customscript tieout", "d")])
def test_a_script_id_that_cannot_be_one_is_refused(ids: tuple[str, str]) -> None:
    with pytest.raises(AccessError, match="Script Deployments"):
        addresses("1234567", *ids)


@pytest.mark.parametrize(
    "base", ["http://127.0.0.1:8080", "http://localhost:1/", "https://netsuite.example", "http://[::1]:5"]
)
def test_another_server_is_https_or_on_this_machine(base: str) -> None:
    made = addresses("1234567", *SCRIPT, base)
    assert made.token == f"{base.rstrip('/')}/services/rest/auth/oauth2/v1/token"
    assert made.audience.startswith("https://1234567.suitetalk.api.netsuite.com/")


@pytest.mark.parametrize(
    "base",
    [
        "http://netsuite.example",
        "ftp://127.0.0.1",
        "https://user:pw@host",
        "https://host/path?x=1",
        "https://host?x=1",
        "127.0.0.1",
        "",
    ],
)
def test_any_other_server_is_refused(base: str) -> None:
    with pytest.raises(AccessError, match="base_url"):
        addresses("1234567", *SCRIPT, base)
