"""ELISA and bead assays: from a plate reader's export to concentrations with their uncertainty."""

from helpers.quantify.elisa.measure import (
    Run,
    evaluate_run,
    list_changes,
    list_measurements,
    measure,
)

__all__ = ["Run", "evaluate_run", "list_changes", "list_measurements", "measure"]
