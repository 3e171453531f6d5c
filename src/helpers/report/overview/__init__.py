"""Who was studied, treated and measured, in words and tables."""
