"""Write-back: what a plan says, and nothing else, into both systems, so that nothing is lost, doubled or trampled.

How it works, in the order of a run: `settling` finds out what a killed run left open, `selection` chooses the rows,
`carrying_out` writes them with intent before and outcome after, `writers` are the ways into the two systems. The assets
around this are `assets/write_back/assets.py`; docs/write_back.md says it in words.
"""

from assets.write_back.effects import Answer, Writer
from assets.write_back.executor import WriteBack
from assets.write_back.living_customers import LivingOnly
from assets.write_back.run import Tally, apply_side, undo_plan
from assets.write_back.selection import Filters
from assets.write_back.writers import NetsuiteWriter, StripeWriter

__all__ = [
    "Answer",
    "Filters",
    "LivingOnly",
    "NetsuiteWriter",
    "StripeWriter",
    "Tally",
    "WriteBack",
    "Writer",
    "apply_side",
    "undo_plan",
]
