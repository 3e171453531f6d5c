"""Read the files people have: sheets of text in which every row keeps its number."""
