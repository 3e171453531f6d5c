"""Who improved: the core set, its definitions and the total improvement score."""
