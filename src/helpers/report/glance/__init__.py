"""What a reader sees first: the answer in a sentence, four cells, everybody in one picture."""
