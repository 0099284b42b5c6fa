"""The settings that a Dagster instance starts with."""
