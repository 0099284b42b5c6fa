"""The ways to the outside: NetSuite, Stripe, export files, the ledger. Nothing here knows about assets."""
