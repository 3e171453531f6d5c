"""Answers: one file for each kind of question; each takes a study and shows what it found."""
