"""Dates as spreadsheets and data exports write them: read where the column has one reading, or by a setting."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from resources.exports.file import Declared
from resources.exports.stripe import read_stripe_export
from schemas.errors import ExportError
from schemas.words import DateForm
from tests.cases.running import planned

pytestmark = pytest.mark.rule("X17")

SINCE, UNTIL = datetime(2011, 1, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
MARCH, SEPTEMBER = datetime(2026, 3, 9, 10, 15, tzinfo=UTC), datetime(2026, 9, 3, 10, 15, tzinfo=UTC)


def read(
    folder: Path, *texts: str, dates: DateForm | None = None, label: str = "Created (UTC)"
) -> list[datetime | None]:
    path = folder / "stripe.csv"
    path.write_text("".join([f'id,"{label}"\n', *(f'cus_{at},"{text}"\n' for at, text in enumerate(texts))]))
    frame = read_stripe_export(path, since=SINCE, until=UNTIL, metadata_keys=(), declared=Declared(dates=dates)).frame
    return frame.sort("id").get_column("created").to_list()


@pytest.mark.parametrize(
    "text",
    [
        "2026-09-03 10:15",
        "2026-09-03 10:15:00.000",
        "2026-09-03T10:15:00.000Z",
        "2026-09-03 10:15:00 UTC",
        "2026-09-03T12:15:00+02:00",
        "2026/09/03 10:15",
        "2026-09-03T10:15:00",
        "2026-09-03T10:15Z",
        "2026-09-03T12:15+02:00",
        "2026-09-03 10:15:00+00",
        "2026-09-03 10:15:00 +0000 UTC",
        "2026-09-03 10:15:00.000 Z",
        "2026.09.03 10:15",
        "Sep 3, 2026 10:15 AM",
        "September 3rd, 2026 at 10:15",
        "3 Sep 2026 10:15",
        "03-SEP-26 10:15",
        "Thu, 03 Sep 2026 10:15:00 GMT",
    ],
)
def test_a_date_with_the_year_first_has_one_reading(text: str, tmp_path: Path) -> None:
    assert read(tmp_path, text) == [SEPTEMBER]


@pytest.mark.parametrize(
    ("text", "other"),
    [("2026-09-03", "2026-08-31"), ("03.09.2026", "31.08.2026"), ("9/3/26", "8/31/26"), ("3 Sep 2026", "31 Aug 2026")],
)
def test_a_date_without_a_time_is_its_midnight(text: str, other: str, tmp_path: Path) -> None:
    assert read(tmp_path, text, other) == [datetime(2026, 9, 3, tzinfo=UTC), datetime(2026, 8, 31, tzinfo=UTC)]
    assert read(tmp_path, text, f"{other} 10:15")[0] == datetime(2026, 9, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("13.09.26 10:15", "in which day and month can be told in two ways"),
        ("9/3/2026", "in which day and month can be told in two ways"),
        ("3. September 2026 10:15 Uhr", "with a word, such as the name of a month"),
        ("2026年9月3日 10:15", "with a word, such as the name of a month"),
        *((text, "digits of another script") for text in ("٢٠٢٦-٠٩-٠٣ ١٠:١٥", "２０２６-09-03 10:15")),
        ("1.78843E+09", "what a spreadsheet made of it"),
        ("########", "what a spreadsheet made of it"),
        ("1788430500.0", "`dates: epoch`"),
        *((text, "but a time without its day") for text in ("15:00.0", "15:00", "09:30:12", "3:15 PM", "15:00,0")),
        *(
            (text, "but a date without its year or its day")
            for text in ("11-Nov", "Nov-11", "3. März", "11/3", "9月3日")
        ),
    ],
)
def test_what_is_no_date_is_told_by_its_cause(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=said):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("03.09.2026 10:15", "31.08.2026 10:15"),
        ("3/9/2026 10:15 AM", "31/8/2026 10:15 AM"),
        ("9/3/26 10:15", "8/31/26 10:15"),
        ("9/3/2026, 10:15:00 AM", "8/31/2026, 10:15:00 AM"),
    ],
)
def test_a_day_beyond_the_twelfth_settles_the_column(text: str, other: str, tmp_path: Path) -> None:
    assert read(tmp_path, text, other) == [SEPTEMBER, datetime(2026, 8, 31, 10, 15, tzinfo=UTC)]
    with pytest.raises(ExportError, match=r"cus_0 has no date .* two ways, .* `dates: day_first`, `month_first`"):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("dates", "text", "moment"),
    [
        ("day_first", "9/3/2026 10:15", MARCH),
        ("month_first", "9/3/2026 10:15", SEPTEMBER),
        ("month_first", "9/3/26 10:15 pm", datetime(2026, 9, 3, 22, 15, tzinfo=UTC)),
        ("year_first", "26/09/03 10:15", SEPTEMBER),
        ("epoch", "1788430500", SEPTEMBER),
        ("epoch", "1788430500.0", SEPTEMBER),
        ("epoch", "1788430500000", SEPTEMBER),
    ],
)
def test_a_setting_says_what_is_meant(dates: DateForm, text: str, moment: datetime, tmp_path: Path) -> None:
    assert read(tmp_path, text, dates=dates) == [moment]


def test_dates_of_a_zone_are_read_by_its_clocks_but_not_in_the_hour_that_they_show_twice(tmp_path: Path) -> None:
    label = "Created (America/New_York)"
    assert read(tmp_path, "2026-09-03 06:15", dates="local", label=label) == [SEPTEMBER]
    with pytest.raises(ExportError, match="an hour that the clocks of its zone showed twice or never"):
        read(tmp_path, "2026-11-01 01:30", dates="local", label=label)


def test_fractions_of_a_second_do_no_harm(tmp_path: Path) -> None:
    with planned("date_secs", tmp_path) as case:
        assert case.records["A1"] == 11


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("date_us", "as a spreadsheet writes it"),
        ("excel_de", "as a spreadsheet writes it"),
        ("date_epoch", "if you write `dates: epoch`"),
        ("date_tz", "or write `dates: local` beside `export`"),
    ],
)
def test_the_sentence_names_the_setting(name: str, says: str, tmp_path: Path) -> None:
    with planned(name, tmp_path) as case:
        assert says in case.refusal


@pytest.mark.parametrize(
    ("text", "other", "says"),
    [
        ("2026-02-30 10:15", "2026-03-09 10:15", "no calendar or clock has"),
        ("0000-00-00 00:00", "2026-03-09 10:15", "no calendar or clock has"),
        ("13/09/2026 10:15", "09/23/2026 10:15", "in another order than other rows, or `dates` beside"),
        ("1970-01-01 00:00", "2026-03-09 10:15", "before 2011, when Stripe had no customers yet; export it again"),
    ],
)
def test_a_date_that_cannot_be_is_told_by_its_cause(text: str, other: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=f"cus_0 .* {says}"):
        read(tmp_path, text, other)
