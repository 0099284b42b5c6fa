"""A phone number, however it is written."""

from typing import Final

import polars as pl

from schemas.rule_kinds.entry import Kind

_DECIMALS: Final = r"^(\s*\+?\d+)\.0+\s*$"
_TYPED: Final = ("12345678", "123456789", "1234567890")


def _read(column: pl.Expr, country: str | None) -> pl.Expr:
    """Return a number as E.164 writes it, with its extension, or null for what is no possible number.

    One that people type for nobody, `000-000-0000`, is none; decimals that a program wrote behind a number go.

    A number without a country code is one of `country`, and none if that is not said. Numbers are read once for each
    different value.

    >>> numbers = pl.Series(["+49 (0)30 901820", "030 90-18-20", "030 90 18 20 ext. 7", "ask Ada"])
    >>> pl.select(_read(pl.lit(numbers), "DE")).to_series().to_list()
    ['+4930901820', '+4930901820', '+4930901820;ext=7', None]
    """

    def read(values: pl.Series) -> pl.Series:
        distinct = values.unique()
        numbers = pl.Series("number", [_number(text, country) for text in distinct], pl.String)
        return values.replace_strict(distinct, numbers, default=None, return_dtype=pl.String)

    return column.str.replace(_DECIMALS, "$1").map_batches(read, return_dtype=pl.String, is_elementwise=True)


def _number(text: str | None, country: str | None) -> str | None:
    import phonenumbers  # noqa: PLC0415 (it takes time to load, and few rules compare numbers)

    try:
        number = phonenumbers.parse(text or "", country)
    except phonenumbers.NumberParseException:
        return None
    digits = str(number.national_number)
    if not phonenumbers.is_possible_number(number) or len(set(digits)) == 1 or digits in _TYPED:
        return None
    extension = f";ext={number.extension}" if number.extension else ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) + extension


KIND: Final = Kind(name="phone", says="the number", read=_read, takes_country=True)
