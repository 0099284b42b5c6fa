"""When a customer was created, from a column of text: by the one reading that the whole column has, or by a setting.

`9/3/26` is in March or in September. A day beyond the 12th anywhere in the column settles it, or a year before Stripe
had customers; otherwise only a person knows.
"""

import re
from datetime import UTC, datetime
from typing import Final
from zoneinfo import available_timezones

import polars as pl

from schemas.words import DateForm

_ISO: Final = (
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.fZ",
    "%Y-%m-%d %H:%M:%S%.f UTC",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
)
_WITH_OFFSET: Final = (
    *("%Y-%m-%dT%H:%M:%S%.f%:z", "%Y-%m-%d %H:%M:%S%.f%:z"),
    *("%Y-%m-%dT%H:%M%:z", "%Y-%m-%d %H:%M%:z"),
)
_OFFSET: Final = r"(:\d\d(?:\.\d+)?) ?(?:(?:Z|UTC|GMT)|([+-]\d\d)(?::?(\d\d))?(?: UTC)?)$"
"""As programs write it behind a time: `+00`, ` +0000 UTC`, ` Z`."""

_NUMERIC: Final = (
    r"^\s*(?<one>[0-9]{1,4})[./-]\s?(?<two>[0-9]{1,2})[./-]\s?(?<three>[0-9]{1,4})"
    r"(?:,?\s+(?:at )?(?<hour>[0-9]{1,2}):(?<minute>[0-9]{2})(?::[0-9]{2}(?:\.[0-9]+)?)?"
    r"\s?(?<half>[AaPp])?\.?\s?[Mm]?\.?)?\s*$"
)
"""Without a time it is midnight. Digits of other scripts are numbers to `\\d`, and to no calendar here."""

_MONTH_NAMES: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME: Final = rf"({'|'.join(_MONTH_NAMES)})[a-z]{{0,6}}"
_NAMED: Final = (
    (rf"(?i)^\s*(?:[a-z]{{3,9}},? )?(\d{{1,2}})[ -]{_NAME}[ .,-]+(?:20)?(\d\d)\b(.*)$", "20${3}-$2-$1$4"),
    (rf"(?i)^\s*(?:[a-z]{{3,9}},? )?{_NAME}[ .]+(\d{{1,2}})(?:st|nd|rd|th)?,? (?:20)?(\d\d)\b(.*)$", "20${3}-$1-$2$4"),
)
"""With the English name of a month, of which no order has to be known."""
_ORDERS: Final = {
    "day_first": ("three", "two", "one"),
    "month_first": ("three", "one", "two"),
    "year_first": ("one", "two", "three"),
}
_YEARS_OF_FOUR_DIGITS: Final = 1_000
_MONTHS: Final = 12
_AGAIN: Final = "export it again and do not save it in one"
_WORD: Final = r"[^\W\d_]{3,9}\.?"
_NO_DATES: Final = (
    (r"^\s*\d{5}([.,]\d+)?\s*$", ", but a spreadsheet's number of days; export it again and do not save it in one"),
    (
        r"^\s*(\d([.,]\d+)?[Ee]\+\d+|#+)\s*$",
        ", but what a spreadsheet made of it (a rounded number, or ###); export it again and do not save it in one",
    ),
    (r"(?![0-9])\d", ", but one in digits of another script; export it again with dates in plain digits"),
    (
        r"^\s*\d{1,2}:\d\d(:\d\d)?([.,]\d+)?\s*([AaPp]\.?[Mm]\.?)?\s*$",
        f", but a time without its day, which is what a spreadsheet shows of a date and leaves when it saves; {_AGAIN}",
    ),
    (
        rf"^\s*(\d{{1,2}}[\s./-]+{_WORD}|{_WORD}[\s./-]+\d{{1,2}}|\d{{1,2}}[./-]\d{{1,2}}\.?|\d+\u6708\d+\u65e5)\s*$",
        f", but a date without its year or its day, as a spreadsheet shortens it; {_AGAIN}",
    ),
    (
        r"[^\W\d_]{3}|\u6708",
        ", but one with a word, such as the name of a month; export it again with dates in numbers",
    ),
)
"""What is no date, and the end of a sentence about it; U+6708 is the month of Chinese and Japanese."""

FIRST_CUSTOMER: Final = datetime(2011, 1, 1, tzinfo=UTC)
_ZONE: Final = re.compile(r"created \((.+)\)", re.IGNORECASE)


def zone_of(label: str) -> str | None:
    """The time zone that a label such as `Created (America/New_York)` names."""
    named = _ZONE.fullmatch(label.strip())
    return named[1] if named and named[1] in available_timezones() else None


def read_dates(text: pl.Series, until: datetime, form: DateForm | None = None, zone: str = "UTC") -> pl.Series:
    """The moments, UTC; null where a text has no reading, or more than one.

    Args:
        text: the column.
        until: no date may be as new; of two readings one that gives such a date is none.
        form: what the declaration says of dates that leave it open.
        zone: of dates that name none.
    """
    found = _in_form(text, _ISO, zone)
    if found.null_count() == 0:
        return found
    text = _without_names(text)
    for pattern in _WITH_OFFSET:
        if found.null_count():
            found = found.fill_null(_offset_apart(text).str.strptime(pl.Datetime("us", "UTC"), pattern, strict=False))
    if found.null_count() == 0:
        return found
    if form == "epoch":
        return found.fill_null(_since_1970(text))
    rest = text.filter(found.is_null())
    orders = [form] if form in _ORDERS else [order for order in _ORDERS if _is_possible(rest, order, zone, until)]
    return found.fill_null(_numeric(text, orders[0], zone)) if len(orders) == 1 else found


def _without_names(text: pl.Series) -> pl.Series:
    """With the number of the month in place of its name, year first."""
    for pattern, year_first in _NAMED:
        text = text.str.replace(pattern, year_first)
    names = [f"-{name}-" for name in _MONTH_NAMES]
    numbers = [f"-{number}-" for number in range(1, 1 + len(names))]
    is_named = text.str.contains(r"^20\d\d-[a-zA-Z]{3}-").fill_null(value=False)
    replaced = text.str.replace_many(names, numbers, ascii_case_insensitive=True) if is_named.any() else text
    return replaced.zip_with(is_named, text)


def _offset_apart(text: pl.Series) -> pl.Series:
    """With offsets in one form."""
    whole = text.str.strip_chars().str.replace(_OFFSET, "$1${2}:$3")
    return whole.str.replace(r"(:\d\d(?:\.\d+)?):$", "$1+00:00").str.replace(r"([+-]\d\d):$", "$1:00")


def why_open(text: str, zone: str, until: datetime) -> str:
    """What to do about a date that was not read, in a column of which none may be as new as `until`."""
    if zone != "UTC" and re.match(r"(?!0)\d{4}-\d\d-\d\d[ T]\d\d:\d\d", text):
        return (
            ", or one in an hour that the clocks of its zone showed twice or never; export it again with times in UTC"
        )
    if re.fullmatch(r"\s*(\d{10}|\d{13})(\.0+)?\s*", text):
        return "; it is a number of seconds since 1970, if you write `dates: epoch` beside `export` in the declaration"
    if found := re.match(_NUMERIC.replace("?<", "?P<"), text):
        return _why_open_numeric(found, sum(_is_possible(pl.Series([text]), order, zone, until) for order in _ORDERS))
    return next((why for form, why in _NO_DATES if re.search(form, text)), "; export it again")


def _why_open_numeric(found: re.Match[str], orders: int) -> str:
    if len(found["one"]) == len("2026"):
        return ", but one that no calendar or clock has; correct it, or export it again"
    if orders <= 1 and max(int(found["one"]), int(found["two"])) > _MONTHS:
        return (
            ", but one with day and month in another order than other rows, or `dates` beside `export`, say; export it "
            "again, and do not save it in a spreadsheet"
        )
    return (
        ", but one in which day and month can be told in two ways, as a spreadsheet writes it; export it again "
        "and do not save it in one, or write `dates: day_first`, `month_first` or `year_first` beside `export`"
    )


def _in_form(text: pl.Series, patterns: tuple[str, ...], zone: str) -> pl.Series:
    """Mostly all of them have the first form."""
    found = pl.Series("created", [], pl.Datetime("us")).extend_constant(None, text.len())
    for pattern in patterns:
        if found.null_count() == 0:
            break
        found = found.fill_null(text.str.strptime(pl.Datetime("us"), pattern, strict=False))
    if (found.dt.year() < FIRST_CUSTOMER.year).any():  # a year of two digits is one of the Romans to polars
        found = found.set((found.dt.year() < _YEARS_OF_FOUR_DIGITS).fill_null(value=False), None)
    return _from_zone(found, zone)


def _from_zone(moments: pl.Series, zone: str) -> pl.Series:
    """In UTC; null where the clocks of the zone showed the hour twice, or never."""
    if zone == "UTC":
        return moments.dt.replace_time_zone("UTC")
    local = moments.dt.replace_time_zone(zone, ambiguous="null", non_existent="null")
    return local.dt.convert_time_zone("UTC")


def _is_possible(text: pl.Series, order: str, zone: str, until: datetime) -> bool:
    moments = _numeric(text, order, zone)
    return moments.null_count() == 0 and moments.is_between(FIRST_CUSTOMER, until, closed="left").all()


def _numeric(text: pl.Series, order: str, zone: str) -> pl.Series:
    part = text.rename("text").to_frame().select(pl.col("text").str.extract_groups(_NUMERIC)).unnest("text")
    year, month, day = (pl.col(name) for name in _ORDERS[order])
    whole_year = pl.when(year.str.len_chars() == len("26")).then("20" + year).otherwise(year)
    is_possible_half = pl.col("half").is_null() | pl.col("hour").cast(pl.Int64).is_between(1, 12)
    hour = pl.col("hour").fill_null("0").cast(pl.Int64)
    afternoon = hour % 12 + 12 * (pl.col("half").str.to_lowercase() == "p").cast(pl.Int64)
    whole_hour = pl.when(pl.col("half").is_null()).then(hour).otherwise(afternoon).cast(pl.String)
    minute = pl.col("minute").fill_null("00")
    written = pl.concat_str(
        whole_year, pl.lit("-"), month, pl.lit("-"), day, pl.lit(" "), whole_hour, pl.lit(":"), minute
    )
    moments = part.select(
        pl.when(is_possible_half).then(written).str.strptime(pl.Datetime("us"), _ISO[0], strict=False)
    )
    is_year = part.select(year.str.len_chars().is_in([2, 4]).fill_null(value=False)).to_series()
    return _from_zone(moments.to_series().rename("created").set(~is_year, None), zone)


def _since_1970(text: pl.Series) -> pl.Series:
    digits = text.str.strip_chars().str.replace(r"\.0+$", "")
    number = digits.cast(pl.Int64, strict=False)
    is_seconds, is_milliseconds = digits.str.contains(r"^\d{10}$"), digits.str.contains(r"^\d{13}$")
    milliseconds = pl.when(is_seconds).then(number * 1000).when(is_milliseconds).then(number)
    return pl.select(
        milliseconds.cast(pl.Datetime("ms")).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    ).to_series()
