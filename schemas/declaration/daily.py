"""When the daily run starts: the block `daily` of a declaration."""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import dagster as dg
from pydantic import Field, field_validator

from schemas.declaration.part import DeclaredPart
from schemas.declaration.problems import wrong


class Daily(DeclaredPart, dg.Resolvable):
    """When the daily run starts, once a person has switched its schedule on."""

    at: str = Field("05:30", description="time of day, HH:MM")
    time_zone: str = Field("UTC", description="of that time, such as Europe/Berlin")
    within_hours: int = Field(
        3, ge=1, le=23, description="after this time without a report the day counts as missed: not fresh, and `late`"
    )

    @field_validator("at")
    @classmethod
    def _is_time(cls, value: str) -> str:
        if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
            raise wrong(f"expected a time of day such as 05:30, in quotes, found {value!r}")
        return value

    @field_validator("time_zone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise wrong(f"expected a time zone such as UTC or Europe/Berlin, found {value!r}")
        return value

    @property
    def deadline_cron(self) -> str:
        """The time of day by which the report has to be there, as a cron expression."""
        hour, minute = self.at.split(":")
        return f"{int(minute)} {(int(hour) + self.within_hours) % 24} * * *"

    def missed(self, now: datetime, last: datetime | None) -> datetime | None:
        """When the daily run that is missing should have begun; None where none is missing.

        Args:
            now: the present moment.
            last: when the last report was made.

        >>> daily = Daily(at="05:30", time_zone="Europe/Berlin", within_hours=2)
        >>> at_six = datetime(2026, 8, 31, 6, 0, tzinfo=ZoneInfo("Europe/Berlin"))
        >>> daily.missed(at_six, at_six - timedelta(hours=23)) is None  # yesterday's is there, today's is not due
        True
        >>> print(daily.missed(at_six + timedelta(hours=2), at_six - timedelta(hours=23)))
        2026-08-31 05:30:00+02:00
        """
        zone = ZoneInfo(self.time_zone)
        within, day = timedelta(hours=self.within_hours), now.astimezone(zone).date()
        begun = (datetime.combine(day - timedelta(days=back), time.fromisoformat(self.at), zone) for back in range(3))
        due = next(each for each in begun if each.astimezone(UTC) + within <= now)
        return due if last is None or last < due else None

    @property
    def cron(self) -> str:
        """The time of day as a cron expression."""
        hour, minute = self.at.split(":")
        return f"{int(minute)} {int(hour)} * * *"
