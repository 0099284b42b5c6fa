"""What comes next for a plan: what waits, how to approve it, what became of it, how to take it back.

`standing` is what is known, from the history of plans and from the ledger; the page, the terminal and the metadata say
the same of it, each in its own form.
"""
