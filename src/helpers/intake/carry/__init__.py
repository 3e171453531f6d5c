"""Carry cells of people's files to the tables of a study, as a mapping says, and check it."""
