"""Reading the customers of a saved search from NetSuite."""
