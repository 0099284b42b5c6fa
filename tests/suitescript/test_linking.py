"""Portal links: stable, signed inside NetSuite, and with nothing in them that says who the customer is in Stripe."""

import re

import pytest

from sandbox.netsuite_standin import World
from tests.suitescript.portal_world import ADDRESS, HMAC, SECRET, linked_world, links, signed, token_of
from tests.suitescript.restlet import ask


@pytest.mark.rule("P7")
def test_a_link_is_the_address_of_the_suitelet_with_a_token_that_names_internal_id_and_generation() -> None:
    world = linked_world()
    first, second = links(world, 7, 8, generation=3)
    assert first.startswith(f"{ADDRESS}/app/site/hosting/scriptlet.nl?script=customscript_tieout_portal&")
    assert token_of(first) == signed("7", "3")
    assert token_of(second) == signed("8", "3")
    assert token_of(links(world, 7, generation=3, until="2027-12-31")[0]) == signed("7", "3", "2027-12-31")


@pytest.mark.rule("P7")
def test_the_same_customers_have_the_same_links_the_next_time() -> None:
    world = linked_world()
    assert links(world, 7, 8) == links(world, 7, 8)


@pytest.mark.rule("P7")
def test_neither_the_secret_nor_a_stripe_id_nor_an_address_of_mail_is_in_a_link() -> None:
    world = linked_world()
    world.edit(7, email="jo@example.com")
    [link] = links(world, 7)
    for hidden in (SECRET, "cus_7", "jo", "example.com"):
        assert hidden not in link
    assert len(link) < 400


def test_a_link_follows_the_stamp_of_netsuite_so_that_a_mass_run_can_write_it_anew() -> None:
    world = linked_world()
    before = links(world, 7)
    world.portal.stamp = "AAnother"
    after = links(world, 7)
    assert after != before
    assert token_of(after[0]) == token_of(before[0])


def test_without_the_secret_or_the_suitelet_there_is_one_sentence_for_the_administrator() -> None:
    world = linked_world()
    world.portal.online = False
    error = ask(world, {"action": "portal_links", "ids": [7], "generation": 1})["error"]
    assert error["code"] == "NO_PORTAL"
    assert "customscript_tieout_portal is not deployed" in error["message"]
    world.portal.online = True
    del world.portal.secrets[HMAC]
    error = ask(world, {"action": "portal_links", "ids": [7], "generation": 1})["error"]
    assert error["code"] == "NO_SECRET"
    assert re.search(r"custsecret_tieout_portal_hmac does not exist.*API Secrets", error["message"])


@pytest.mark.parametrize(
    "given",
    [
        {"ids": "7", "generation": 1},
        {"ids": ["x"], "generation": 1},
        {"ids": list(range(1, 1002)), "generation": 1},
        {"ids": [7], "generation": 0},
        {"ids": [7], "generation": 1_000_000},
        {"ids": [7]},
        {"ids": [7], "generation": 1, "until": "31.12.2027"},
        {"ids": [7], "generation": 1, "until": "2027-12-31|8"},
    ],
)
def test_what_is_no_request_for_links_is_refused(given: dict[str, object]) -> None:
    assert ask(linked_world(), {"action": "portal_links", **given})["error"]["code"] == "WRONG_TYPE"


def test_no_ids_give_no_links() -> None:
    assert links(linked_world()) == []
    assert World().saves == []
