"""What both clients need of HTTP, whichever library carries it: an answer's bounds, and whether anybody is there."""
