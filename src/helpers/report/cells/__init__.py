"""T cells in blood and in culture, in words and tables."""
