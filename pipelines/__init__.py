"""The declarations and what they turn into: components, jobs, schedules, definitions."""
