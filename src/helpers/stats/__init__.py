"""Exact small-sample statistics."""
