"""Steps on several machines, through Celery: who may do them, what a worker is, how each step is done once.

By default no run needs this, and what it takes is an extra.
"""
