"""Find what is wrong between the cells of a study: across rows, tables and settings."""
