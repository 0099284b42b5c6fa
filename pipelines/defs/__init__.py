"""One folder per reconciliation, each with a `defs.yaml`; nothing else lives here."""
