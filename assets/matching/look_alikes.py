"""Letters and signs that look like Latin ones: of another script, or full-width. Nothing is matched by the likeness."""

from typing import Final

import polars as pl

_CYRILLIC: Final = (
    "\u0410\u0412\u0415\u0405\u0406\u0408\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425"
    "\u0430\u0435\u0456\u0458\u043e\u0440\u0441\u0455\u0443\u0445"
)
_GREEK: Final = "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf"
LOOK_ALIKES: Final = dict(zip(_CYRILLIC + _GREEK, "ABESIJKMHOPCTYXaeijopcsyxABEZHIKMNOPTYXo", strict=True))
"""Letters of Cyrillic and Greek that look like a Latin one (Unicode, confusables.txt)."""

FULL_WIDTH: Final = {chr(ascii_sign + 0xFEE0): chr(ascii_sign) for ascii_sign in range(ord("!"), ord("~") + 1)}
"""The full-width form of each sign of ASCII."""


def as_latin(text: pl.Expr) -> pl.Expr:
    r"""Return a text with Latin letters and signs in place of those that look like them.

    >>> pl.select(as_latin(pl.lit("\u0441us\uff3f1"))).item()
    'cus_1'
    """
    return text.str.replace_many(LOOK_ALIKES | FULL_WIDTH)
