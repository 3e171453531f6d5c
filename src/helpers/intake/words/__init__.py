"""Understand what people write: names of columns and visits, words, numbers, dates."""
