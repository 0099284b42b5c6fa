"""A session with Stripe: account, connection, rate limit, retries, refusals."""
