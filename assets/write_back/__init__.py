"""Write-back: what a plan says, and nothing else, into both systems, so that nothing is lost, doubled or trampled.

In the order of a run: `request` says which part of which plan, `run` holds the steps together, `settle` in `executor`
finds out what a killed run left open, `selection` and `readiness` choose the rows, `attempts` numbers the tries,
`executor` makes them with intent before and result after, through the writers in `resources/`; `outcomes` tells what
became of them. `assets` are the assets around this; docs/write_back.md says it in words.
"""
