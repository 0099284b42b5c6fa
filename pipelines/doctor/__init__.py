"""`make doctor`: everything that a declaration needs, looked at in one go: what is fine, and what to do."""
