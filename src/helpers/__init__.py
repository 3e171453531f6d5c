"""Read, derive, test, draw and report a small myositis trial."""

__version__ = "0.1.0"
