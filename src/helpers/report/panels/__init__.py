"""Values before and after, panel by panel, in words and tables."""
