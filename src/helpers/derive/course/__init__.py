"""Patients over time: entry, treatment, events and the end."""
