"""What an administrator has set up in an account, as far as it decides what becomes of a new customer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Account:
    """The set-up. The defaults are a new account without OneWorld.

    Attributes:
        subsidiaries: internal ids; any makes it a OneWorld account, in which every customer needs one.
        statuses: internal id of each entity status → the stage that it makes. Administrators edit them.
        default_status: what a new customer gets that names none; None where it must name one (both are told of).
        forms: internal ids of custom forms for customers.
        mandatory_on: internal id of a form → the fields that it makes mandatory besides.
        not_shown: the fields that are on no form, so that only a record in standard mode has them, which is not
            documented.
        tells_mandatory: whether a script is told which fields are mandatory, which is documented for forms only.
        most_options: the user's preference Maximum Entries in Dropdowns: a script is not told a longer list.
        currencies: internal id → ISO code of each active currency.
        multicurrency: the feature Multiple Currencies.
        auto_numbering: customers are numbered, and an entity id that is sent is not taken (O:section_N452342).
        country: of the account, which an address without one gets.
        free_form_states: whether addresses may have any state (O:section_N3796175).
        states: per country, the short names in Setup > States.
        missing: the sentence about mandatory fields, in the language of the user.
        takes_empty_countries: whether an address may be saved whose country is empty, which is not documented.
        modified_to: how exactly a script is told when a record was made and last saved, if at all: not documented.
    """

    subsidiaries: frozenset[str] = frozenset()
    statuses: Mapping[str, str] = field(default_factory=lambda: {"13": "CUSTOMER", "6": "LEAD", "7": "PROSPECT"})
    default_status: str | None = "13"
    forms: frozenset[str] = frozenset()
    mandatory_on: Mapping[str, frozenset[str]] = field(default_factory=dict)
    not_shown: frozenset[str] = frozenset()
    tells_mandatory: bool = True
    most_options: int = 500
    currencies: Mapping[str, str] = field(default_factory=lambda: {"1": "USD"})
    multicurrency: bool = False
    auto_numbering: bool = False
    country: str = "US"
    free_form_states: bool = True
    states: Mapping[str, frozenset[str]] = field(default_factory=lambda: {"US": frozenset({"CA", "IL", "NY"})})
    missing: str = "Please enter value(s) for: {}"
    takes_empty_countries: bool = True
    modified_to: Literal["minute", "second", "never"] = "minute"
