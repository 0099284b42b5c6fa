"""One file per stage, in the order of the flow: a pure function of frames, and the thin asset around it."""
