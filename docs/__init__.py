"""The pages, and the two scripts that keep parts of them equal to the code: `docs.graph` and `docs.declaration`."""
