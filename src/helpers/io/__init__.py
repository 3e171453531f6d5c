"""Read the files people send, as text with its place."""
