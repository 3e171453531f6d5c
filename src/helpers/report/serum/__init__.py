"""Serum proteins, in words and tables."""
