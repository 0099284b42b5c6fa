"""The report: one self-contained HTML page that tells a finance person what ties out, what does not, and why.

`render_report` (`page.py`) is pure. The numbers come from `figures.py`, the sample rows from `excerpts.py`, the chart
from `charts.py`, the words from `wording.py`; the asset is in `reconciliation_report.py`, which also writes the files.
"""
