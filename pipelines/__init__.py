"""The declarations and what they turn into: components, jobs, schedules, definitions."""

from pipelines.customer_sync import CustomerSync

__all__ = ["CustomerSync"]
