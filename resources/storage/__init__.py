"""What is kept in folders: frames, plans and results, each replaced whole."""
