"""Attacks on the project, one module each; ``benchmarks/attack.py`` is their door."""
