"""Questionnaires and examinations, scored from their items."""
