"""By its form no value: a text that somebody has masked, and a field of a template that nothing was filled into.

Two customers are not the same because `j***@example.com` or `{{name}}` stands for both. It is the form that tells, so
that names with such signs (`*Star Ltd`, `***Acme***`, `50% Off LLC`, `Foo {bar}`) stay what they are.
"""

from typing import Final

_M: Final = r"[*\x{2022}\x{25CF}\x{2217}\x{FF0A}]"
"""A sign that stands in place of a letter: a star or a bullet."""
_L: Final = r"(?:\p{L}\p{M}*)"
_SYLLABLE: Final = r"(?:[\p{Han}\p{Hiragana}\p{Katakana}]\p{M}*|\p{Hangul}{1,3})"
_DIGITS_AND_SIGNS: Final = rf"(?:[\d+().\-]|{_M})*"

_MASKED: Final = (
    rf"^{_M}+$",
    rf"^[^@]*{_M}[^@]*@[^@]+\.[^@]*$",  # j***@example.com
    rf"^[^@]+@[^@]*{_M}{{2}}[^@]*\.[^@]*$",  # joe@ex****.com
    r"^[^@]+(?:\.{3}|\x{2026})@[^@]+$",  # joe...@example.com, as groups and archives show addresses
    r"^x{3,}@x{2,}(?:\.(?:x+|[a-z]{2,4}))+$",
    r"^x{3,}$",
    rf"^{_L}\.?{_M}{{2,}}{_L}?\.?$",  # J***
    rf"^(?:{_L}{{1,2}}\.?{_M}{{2,}}{_L}?){{2,}}$",  # J*** D***, jo** sm***
    rf"^{_L}\.{_L}{{1,2}}{_M}{{2,}}$",  # J. D***
    rf"^(?:{_SYLLABLE}{_M}+)+{_SYLLABLE}?$",
    rf"^{_DIGITS_AND_SIGNS}{_M}{{3}}{_DIGITS_AND_SIGNS}$",  # ***-***-1234
    r"^\(?x{3}[().\-]*x{3,4}[.\-]*\d{2,4}$",
)
_NOT_FILLED_IN: Final = (
    *(r"\{\{.*\p{L}.*\}\}", r"[$#@]\{[^{}]*\p{L}[^{}]*\}", r"<%.*\p{L}.*%>", r"\*\|[^|]*\p{L}[^|]*\|\*"),
    r"%\([a-z0-9_.]+\)s",
    r"^(?:\{[$!=%][^{}]*\p{L}[^{}]*\}|\[%.*\p{L}.*%\]|%%[^%]*\p{L}[^%]*%%|\[\[[^\[\]]*\p{L}[^\[\]]*\]\])+$",
)
FORMS: Final = "|".join((*_MASKED, *_NOT_FILLED_IN))
"""Of keys, which have neither white space nor capitals."""

MAY_HAVE_ONE: Final = r"[*{%\[]|\.\.\.@|^\(?xxx|[\x{2022}\x{25CF}\x{2217}\x{FF0A}\x{2026}]"
"""What few other keys have, at a fraction of the price."""

_S: Final = r"[\t-\r ]*"
ASCII_TEXT_MAY: Final = rf"[*{{%\[]|\.{_S}\.{_S}\.{_S}@|^{_S}\(?{_S}x{_S}x{_S}x"
"""The same of texts as they stand, of ASCII alone."""
