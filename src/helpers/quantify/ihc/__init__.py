"""From photographs of stained sections, or counts of their fields, to each biopsy's amount."""

from helpers.quantify.ihc.measurements import measure, measure_counts

__all__ = ["measure", "measure_counts"]
