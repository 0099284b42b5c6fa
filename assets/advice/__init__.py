"""Which fields to compare: what every pair of a Stripe field and a NetSuite field would link, and the rules to declare.

Pure functions on frames; nothing is matched or planned by them.
"""
