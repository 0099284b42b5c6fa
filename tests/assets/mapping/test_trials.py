"""Which fields a new record always has, and which only for some: told by the mapping itself."""

import pytest

from assets.mapping.to_netsuite import CreateSettings, IndividualWhen, trials
from assets.mapping.to_netsuite.trials import Trial
from tests.assets.mapping.making import links

LINKS = {"externalid", "comments", "isperson", "entityid"}


def test_by_default_there_are_companies_and_a_phone_is_not_for_all() -> None:
    always = frozenset({*LINKS, "companyname", "email"})
    assert trials(CreateSettings()) == [Trial(False, always, frozenset({"phone"}), {"isperson": "F"})]


def test_individuals_have_names_and_no_company() -> None:
    _, individual = trials(CreateSettings(individual_when=IndividualWhen("person")))
    always = frozenset({*LINKS, "firstname", "lastname", "email"})
    assert individual == Trial(True, always, frozenset({"phone"}), {"isperson": "T"})


def test_who_can_never_have_two_names_is_no_kind_of_its_own() -> None:
    nameless = CreateSettings(individual_when=IndividualWhen(), defaults={"lastname": None})
    assert [trial.is_individual for trial in trials(nameless)] == [False]


@pytest.mark.parametrize(
    ("settings", "always", "sometimes"),
    [
        (CreateSettings(email_fallback="none"), set(), {"email"}),
        (CreateSettings(defaults={"phone": "555 010 0100"}), {"phone"}, set()),
        (CreateSettings(defaults={"phone": None}), set(), set()),
        (CreateSettings(mapping={"metadata.tel": "phone"}), set(), {"phone"}),
        (CreateSettings(mapping={"metadata.x": "custentity_x"}), set(), {"custentity_x"}),
        (CreateSettings(mapping={"metadata.x": "custentity_x"}, limits={"custentity_x": 1}), set(), {"custentity_x"}),
        (CreateSettings(mapping={"metadata.x": "custentity_x"}, no_value=frozenset({"a"})), set(), {"custentity_x"}),
        (CreateSettings(mapping={"metadata.x": "custentity_x"}, defaults={"custentity_x": 3}), {"custentity_x"}, set()),
        (CreateSettings(links=links("custentity_s"), subsidiary=3), {"custentity_s", "subsidiary"}, set()),
    ],
)
def test_a_setting_moves_a_field(settings: CreateSettings, always: set[str], sometimes: set[str]) -> None:
    [trial] = trials(settings)
    watched = {"phone", "custentity_x", "custentity_s", "subsidiary"} | ({"email"} & sometimes)
    assert set(trial.always & watched) == always
    assert set(trial.sometimes & watched) == sometimes | _usual(settings, always)


def _usual(settings: CreateSettings, always: set[str]) -> set[str]:
    """A phone is there for some, unless it is for all or for nobody."""
    return set() if "phone" in always or settings.defaults.get("phone", "") is None else {"phone"}


def test_the_values_are_what_a_declaration_sets_as_it_set_them() -> None:
    settings = CreateSettings(
        subsidiary=3, entity_status=13, custom_form=5, defaults={"custentity_v": True, "phone": None}
    )
    [trial] = trials(settings)
    assert trial.values == {
        "isperson": "F", "subsidiary": 3, "entitystatus": 13, "customform": 5, "custentity_v": True,
    }  # fmt: skip
