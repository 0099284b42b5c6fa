"""The tests mirror the house; `tests/benchmarks` holds what is measured."""
