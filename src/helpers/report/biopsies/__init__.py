"""Muscle biopsies, in words and tables."""
