"""From an instrument's own file to a value with its unit, its uncertainty and its flags."""
