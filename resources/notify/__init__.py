"""Who tells people that a run has ended. None of them can make a run fail, or hold it up: a sensor asks them."""
