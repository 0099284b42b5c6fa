"""Tests of the example world."""
