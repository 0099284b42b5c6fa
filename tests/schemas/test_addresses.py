"""One address for reads and writes, encrypted unless it is this machine, and never quoted when it is wrong."""

from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.addresses import is_loopback, proxy_address, service_address


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("https://api.stripe.com", "https://api.stripe.com"),
        ("https://API.stripe.com/", "https://api.stripe.com"),
        ("https://gateway.example:8443/stripe/v/", "https://gateway.example:8443/stripe/v"),
        ("http://127.0.0.1:8421", "http://127.0.0.1:8421"),
        ("http://127.8.8.8", "http://127.8.8.8"),
        ("http://localhost:1/x", "http://localhost:1/x"),
        ("http://[::1]:8421/", "http://[::1]:8421"),
    ],
)
def test_an_address_is_kept_with_its_path(given: str, address: str) -> None:
    assert service_address(given) == address


@pytest.mark.parametrize(
    "given",
    [
        "http://api.stripe.com",
        "http://10.0.0.1",
        "http://0.0.0.0:80",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://127.0.0.1@evil.example",
        "https://user:hidden@api.stripe.com",
        "https://api.stripe.com?key=hidden",
        "https://api.stripe.com/#hidden",
        "https://api.stripe.com/?",
        "ftp://api.stripe.com",
        "api.stripe.com",
        "https://",
        "https://:443",
        "https://host:0",
        "https://host:99999",
        "https://host:port",
        "https://[::1",
        "https://api.stripe.com\\@evil.example",
        "https://api.stripe.com/a b",
        "https://api.stripe.com/\n",
        "https://ápi.stripe.com",
        "",
    ],
)
def test_another_address_is_refused_and_not_quoted(given: str) -> None:
    with pytest.raises(ValueError, match="expected an address such as https://host") as error:
        service_address(given)
    assert "hidden" not in str(error.value)


@pytest.mark.parametrize("given", ["proxy:3128", "http://proxy:3128/path", "socks5://proxy", "http://user:hidden@/"])
def test_a_proxy_that_is_none_is_refused_and_not_quoted(given: str) -> None:
    with pytest.raises(ValueError, match="expected the address of a proxy") as error:
        proxy_address(given)
    assert "hidden" not in str(error.value)


def test_a_proxy_may_hold_a_login() -> None:
    assert proxy_address("http://User:Pass@proxy.example:3128") == "http://User:Pass@proxy.example:3128"


ANYTHING = st.text(max_size=60) | st.builds("{}://{}".format, st.sampled_from(["http", "https"]), st.text(max_size=30))


@given(ANYTHING)
def test_what_is_taken_is_encrypted_or_on_this_machine_and_stays_as_it_is(text: str) -> None:
    with suppress(ValueError):
        address = service_address(text)
        assert service_address(address) == address
        assert address.startswith("https://") or is_loopback(urlsplit(address).hostname or "")
