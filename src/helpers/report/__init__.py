"""Numbers, words, tables and figures inside a notebook."""
