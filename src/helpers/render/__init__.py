"""Notebooks to a study report: executed by papermill, rendered by nbconvert, published whole.

This package knows notebooks only as files and imports none of the science.
"""
