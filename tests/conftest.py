"""What all tests share: warnings are errors, but for one that Dagster gives of a setting that we mean."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("filterwarnings", "ignore:Parameter `backfill_policy` of function:dagster.BetaWarning")
