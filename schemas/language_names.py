"""Languages by their ISO 639-1 code: the English names that NetSuite shows for them, and their own.

Written by hand, for the languages of Oracle's "Language Enumerations" (NetSuite help, section_N3796595) that have such
a code. What stands in brackets behind a name there is a country or a word of `VARIANTS`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_TABLE: Final = """
af Afrikaans; ar Arabic|العربية; bg Bulgarian|Български; bn Bengali|বাংলা; bs Bosnian|Bosanski; ca Catalan|Català
cs Czech|Čeština; da Danish|Dansk; de German|Deutsch; el Greek|Ελληνικά; en English; es Spanish|Español|Castellano
et Estonian|Eesti; fa Persian|Farsi|فارسی; fi Finnish|Suomi; fil Filipino|Tagalog; fr French|Français
gu Gujarati|ગુજરાતી; he Hebrew|עברית; hi Hindi|हिन्दी; hr Croatian|Hrvatski; ht Haitian Creole|Haitian
hu Hungarian|Magyar; hy Armenian|Հայերեն; id Indonesian|Bahasa Indonesia; is Icelandic|Íslenska; it Italian|Italiano
ja Japanese|日本語; kn Kannada|ಕನ್ನಡ; ko Korean|한국어; lb Luxembourgish|Lëtzebuergesch; lt Lithuanian|Lietuvių
lv Latvian|Latviešu; ml Malayalam|മലയാളം; mr Marathi|मराठी; ms Malay|Bahasa Melayu; nb Norwegian|Norsk|Norwegian Bokmål
nl Dutch|Nederlands; pa Punjabi|ਪੰਜਾਬੀ; pl Polish|Polski; pt Portuguese|Português; ro Romanian|Română
ru Russian|Русский; sk Slovak|Slovenčina; sl Slovenian|Slovenščina; sq Albanian|Shqip; sr Serbian|Српски|Srpski
sv Swedish|Svenska; ta Tamil|தமிழ்; te Telugu|తెలుగు; th Thai|ไทย; tr Turkish|Türkçe; uk Ukrainian|Українська
vi Vietnamese|Tiếng Việt; zh Chinese|中文|Simplified Chinese|简体中文
zh-TW Traditional Chinese|繁體中文; es-419 Latin American Spanish
"""

LANGUAGE_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        name: code
        for entry in _TABLE.strip().replace("\n", "; ").split("; ")
        for code, _, names in [entry.partition(" ")]
        for name in names.split("|")
    }
)
"""Name → tag."""

VARIANTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "International": "",
        "Simplified": "",
        "Traditional": "TW",
        "Latin": "Latn",
        "Cyrillic": "Cyrl",
        "Latin America": "419",
        "Latin American": "419",
    }
)
"""What stands behind a language and is no country → what a tag has for it; of Chinese as Stripe lists it."""
