"""Languages as NetSuite writes them, each as the tag that Stripe takes, or as none."""

import pytest

from assets.mapping.to_stripe.languages import language_tag
from schemas.language_names import LANGUAGE_NAMES


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("en_US", "en-US"),
        ("DE", "de"),
        ("pt-br", "pt-BR"),
        ("zh_hans_cn", "zh-Hans-CN"),
        ("English (International)", "en"),
        ("English (AU)", "en-AU"),
        ("french (canada)", "fr-CA"),
        ("Spanish (Latin America)", "es-419"),
        ("Chinese (Traditional)", "zh-TW"),
        ("Serbian (Cyrillic)", "sr-Cyrl"),
        ("日本語", "ja"),
        ("English (Moon)", None),
        ("(English)", None),
        ("3", None),
        ("de, fr", None),
    ],
)
def test_a_tag_or_a_name_with_a_country_is_one_language(text: str, tag: str | None) -> None:
    assert language_tag(text) == tag


def test_a_tag_is_its_own_tag_and_no_name_means_two() -> None:
    assert {language_tag(tag) for tag in LANGUAGE_NAMES.values()} == {*LANGUAGE_NAMES.values()}
    assert {name: language_tag(name) for name in LANGUAGE_NAMES} == LANGUAGE_NAMES
