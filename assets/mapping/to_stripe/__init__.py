"""From NetSuite customers to the parameters of Stripe customers: pure functions, with a note on every deviation."""

from assets.mapping.to_stripe.records import new_customers
from assets.mapping.to_stripe.values import fitted, same_in_stripe
from assets.matching.to_stripe_settings import ToStripeSettings

__all__ = ["ToStripeSettings", "fitted", "new_customers", "same_in_stripe"]
