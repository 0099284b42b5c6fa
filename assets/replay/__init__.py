"""A plan made again from the inputs that were kept of it, and other rules tried on them (X12). Nothing is written."""
