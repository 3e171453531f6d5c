"""What is to be run: chapters, parameters, studies, grids."""
