"""Clinical response, in words and tables."""
