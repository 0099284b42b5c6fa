"""The tag of a language, as Stripe takes it: of a tag, or of the name that NetSuite shows."""

import re
from functools import cache
from typing import Final

from assets.keys import key
from assets.mapping.to_netsuite.countries import country_code
from schemas.language_names import LANGUAGE_NAMES, VARIANTS

_TAG: Final = re.compile(r"([A-Za-z]{2,3})((?:[_-][A-Za-z0-9]{2,4}){0,2})")
_NAME: Final = re.compile(r"([^()]+?)\s*(?:\(([^()]+)\))?")
_CODE: Final = 2
"""Letters of a country."""


def language_tag(text: str) -> str | None:
    """Return the tag (BCP 47) that a text means, None for no language that is known.

    >>> [language_tag(text) for text in ("en_US", "DE", "English (U.S.)", "Chinese (Simplified)", "Deutsch", "Klingon")]
    ['en-US', 'de', 'en-US', 'zh', 'de', None]
    """
    if found := _TAG.fullmatch(text):
        parts = [_in_case(part) for part in re.split("[_-]", found[2]) if part]
        return "-".join([found[1].lower(), *parts])
    found = _NAME.fullmatch(text)
    code = _names().get(key(found[1]) or "") if found else None
    if found is None or code is None or found[2] is None:
        return code
    variant = _variants().get(key(found[2]) or "", country_code(found[2]))
    return None if variant is None else "-".join(filter(None, [code, variant]))


def _in_case(part: str) -> str:
    return part.upper() if len(part) == _CODE else part.title()


@cache
def _names() -> dict[str, str]:
    return {key(name) or "": code for name, code in LANGUAGE_NAMES.items()}


@cache
def _variants() -> dict[str, str]:
    return {key(name) or "": part for name, part in VARIANTS.items()}
