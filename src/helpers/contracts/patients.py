"""How a patient is named in links, the same in figures, tables and pages."""

from __future__ import annotations


def patient_anchor(patient_id: object) -> str:
    """Give the name of a patient's anchor on a page; letters, digits, hyphens and points only.

    >>> patient_anchor("site 1/A")
    'patient-site-1-A'
    """
    kept = "".join(c if c.isalnum() or c in "-." else "-" for c in str(patient_id))
    return f"patient-{kept}"
