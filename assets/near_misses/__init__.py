"""Records that a person should look at for a customer that matched none: nearly equal values, with the reason in words.

Suggestions only: nothing is ever matched or planned by them (M3).
"""
