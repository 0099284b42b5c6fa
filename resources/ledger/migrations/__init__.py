"""The history of the ledger's tables, one file per step, oldest first. A step that was released never changes."""
