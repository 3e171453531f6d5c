"""Visits of patients, each from one letter."""

import pandas as pd

LETTERS = {"i": "improved", "u": "unchanged", "w": "worsened", "n": "not evaluable"}


def make_visits(**patients):
    """Visits at months 3, 6, 12 from a letter each; a dash is a visit that did not take place."""
    rows = [
        (patient, month, LETTERS[letter])
        for patient, letters in patients.items()
        for month, letter in zip((3.0, 6.0, 12.0), letters, strict=False)
        if letter != "-"
    ]
    return pd.DataFrame(rows, columns=["patient_id", "month", "category"])
