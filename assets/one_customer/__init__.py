"""One NetSuite customer on demand (P5): a fresh look at it, its part of the plan, and the answer in a sentence."""
