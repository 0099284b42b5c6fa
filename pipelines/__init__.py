"""The declarations and what they turn into: components, jobs, schedules, definitions."""

import sys

from pipelines import interrupts

if commands := interrupts.COMMANDS.keys() & set(sys.orig_argv):
    interrupts.end_at_once(interrupts.COMMANDS[commands.pop()])  # before what follows, which takes seconds to load

from pipelines.customer_sync import CustomerSync

__all__ = ["CustomerSync"]
