"""Its steps, named by their number."""
