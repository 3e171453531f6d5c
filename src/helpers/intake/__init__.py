"""People's own files, read as they are, and the mapping that makes them a study's tables."""
