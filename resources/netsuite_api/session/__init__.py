"""A session with NetSuite: account, logins, authorization, the RESTlet and its answers, retries."""
