"""Who tells people what happened. None of them can make a run fail, or hold it up: a sensor asks them."""
