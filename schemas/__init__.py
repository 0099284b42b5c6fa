"""What every frame that crosses a door or a stage looks like, and the words and errors that all layers share."""
