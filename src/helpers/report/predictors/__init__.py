"""Candidate predictors and the next trial, in words and tables."""
