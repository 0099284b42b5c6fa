"""The extracts of both systems as assets, with the checks of their data quality."""
