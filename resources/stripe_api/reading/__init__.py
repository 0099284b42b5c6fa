"""Reading customers from Stripe: whole, changed since, and one by one."""
