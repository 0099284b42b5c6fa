"""The block `to_stripe`: what is refused when a declaration is loaded, and what its words mean."""

from collections.abc import Mapping

import pytest
from pydantic import ValidationError

from schemas.declaration import Declaration
from schemas.declaration.to_stripe import ToStripe

API = {
    "name": "acme",
    "stripe": {"api_key": "rk_test_1"},
    "netsuite": {
        "account": "1",
        "mass_search": "customsearch_all",
        "consumer_key": "a",
        "consumer_secret": "b",
        "token_id": "c",
        "token_secret": "d",
    },
    "netsuite_fields": {"internal_id": "Internal ID", "stripe_id": "Stripe Id"},
}
FILES = {**API, "stripe": {"export": "s.csv"}, "netsuite": {"export": "n.csv"}}
SEARCH = {"mass_search": "customsearch_to_stripe"}


def refusal(block: Mapping[str, object], declared: Mapping[str, object] = API) -> str:
    with pytest.raises(ValidationError) as error:
        Declaration.model_validate({**declared, "to_stripe": block})
    return str(error.value.errors()[0]["msg"])


def block(**given: object) -> ToStripe:
    found = Declaration.model_validate({**API, "to_stripe": {**SEARCH, **given}}).to_stripe
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"mass_search": None}, "expected exactly one of mass_search and export, found neither"),
        ({"export": "n.csv"}, "expected exactly one of mass_search and export, found mass_search and export"),
        ({"updates": ["balance"]}, "balance moves money"),
        ({"updates": ["invoice_settings.footer"]}, "invoice_settings.footer changes invoices"),
        ({"updates": ["metadata.netsuite_customer_id"]}, "metadata.netsuite_customer_id holds the link"),
        ({"updates": ["address.zip"]}, "address.zip is no parameter of a Stripe customer"),
        ({"updates": ["Tier"]}, "found 'Tier'"),
        ({"updates": ["preferred_locales[0]"]}, "a list is set when a customer is made, and not kept"),
        ({"updates": ["name", "name"]}, "name is there twice"),
        ({"updates": ["email", "description"], "clear_blanks": True}, "Stripe clears no email"),
        ({"clear_blanks": ["description"]}, "description is not in updates"),
        ({"sync_field": "CRM id"}, "expected email, or the script id of a NetSuite field"),
        ({"on_shared": "create"}, "create has no effect without on_none: create"),
        ({"subsidiaries": ["UK"]}, "needs subsidiary in netsuite_fields"),
        ({"portal": "suitelet"}, "needs portal_link in netsuite_fields"),
    ],
)
def test_what_cannot_be_meant_is_refused(given: dict[str, object], said: str) -> None:
    assert said in refusal({**SEARCH, **given})


def test_without_the_stripe_id_field_nobody_knows_who_has_a_customer() -> None:
    assert "needs stripe_id" in refusal(SEARCH, {**API, "netsuite_fields": {"internal_id": "Internal ID"}})


def test_a_new_customer_has_to_be_found_again() -> None:
    assert "create needs stripe_id to be written" in refusal(
        {**SEARCH, "on_none": "create"}, {**API, "writes": {"stripe_id": False}}
    )


@pytest.mark.rule("P4")
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"mass_search": "customsearch_x"}, "needs export, as NetSuite is read through export files"),
        ({"export": "p.csv", "on_none": "create"}, "needs both sides over their APIs"),
        ({"export": "p.csv", "updates": ["email"]}, "needs both sides over their APIs"),
        ({"export": "p.csv", "single_search": "x"}, "has no effect where NetSuite is an export file"),
    ],
)
def test_from_files_nothing_is_made_or_changed_in_stripe(given: dict[str, object], said: str) -> None:
    assert said in refusal(given, FILES)


def test_its_words() -> None:
    assert block(updates="none").updates == []
    assert block(updates=["description", "address.city"], clear_blanks=True).cleared == ["description", "address.city"]
    assert block(clear_blanks=False).cleared == []
    assert block(portal=False).portal == "off"


@pytest.mark.rule("P6")
def test_another_sync_field_is_kept_in_metadata_under_its_id() -> None:
    other = block(sync_field="custentity_crm", updates=["email"])
    assert (other.sync_path, other.kept) == ("metadata.custentity_crm", ["metadata.custentity_crm", "email"])
    assert block().kept == []
