"""Biopsies, serum and cells: what is compared with what."""
