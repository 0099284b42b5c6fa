"""The declarations and what they turn into: components, jobs, schedules, definitions."""

import sys

from pipelines import interrupts

if interrupts.COMMANDS.intersection(sys.orig_argv):
    interrupts.end_at_once()  # before what follows, which takes seconds to load

from pipelines.customer_sync import CustomerSync

__all__ = ["CustomerSync"]
