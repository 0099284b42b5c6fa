"""A login for the UI where several people share it: who somebody is, and what they may start."""
