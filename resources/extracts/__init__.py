"""What every extract owes its reader, whichever way it came."""
