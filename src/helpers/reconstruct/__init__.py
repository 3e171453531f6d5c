"""Build the invented cohort of the anakinra trial from what was published of it."""

from helpers.reconstruct.tables import build_tables, rebuild_tables

__all__ = ["build_tables", "rebuild_tables"]
