"""What every frame that comes from a reader or a stage looks like, and the words and errors that all layers share."""
