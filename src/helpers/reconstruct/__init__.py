"""Build the invented cohort of the anakinra trial from what was published of it."""

from helpers.reconstruct.tables import build_tables, rebuild_tables

__all__ = ["STUDY", "build_tables", "rebuild_tables"]

STUDY = "anakinra_iim"
"""The study folder that holds the invented cohort."""
