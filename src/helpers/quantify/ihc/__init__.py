"""From photographs of stained sections to the stained share of each biopsy."""
