"""Exact conditional tests and intervals for few, tied values."""
