"""Statistics that one kind of question needs."""
