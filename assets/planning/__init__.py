"""What is to be written, what a person has to decide first, and what holds a plan back."""
