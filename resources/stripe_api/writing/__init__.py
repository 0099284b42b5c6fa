"""Writing to Stripe's customers."""
