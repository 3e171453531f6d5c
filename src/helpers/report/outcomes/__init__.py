"""Declared outcomes: who reached them, what was planned, and how arms compare."""
