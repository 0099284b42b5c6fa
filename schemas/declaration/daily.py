"""When the daily run starts: the block `daily` of a declaration."""

import re
from zoneinfo import available_timezones

import dagster as dg
from pydantic import Field, field_validator

from schemas.declaration.part import DeclaredPart
from schemas.declaration.problems import wrong


class Daily(DeclaredPart, dg.Resolvable):
    """When the daily run starts, once a person has switched its schedule on."""

    at: str = Field("05:30", description="time of day, HH:MM")
    time_zone: str = Field("UTC", description="of that time, such as Europe/Berlin")

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
    def cron(self) -> str:
        """The time of day as a cron expression."""
        hour, minute = self.at.split(":")
        return f"{int(minute)} {int(hour)} * * *"
