"""Propose a mapping from people's own files: every guess a line, with its reason."""
