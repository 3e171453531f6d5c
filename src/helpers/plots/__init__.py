"""Seaborn figures; they draw and never compute."""
