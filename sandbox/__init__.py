"""Stand-ins for NetSuite and Stripe on loopback. The product does not import them."""
