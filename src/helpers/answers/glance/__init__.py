"""What a reader sees first, asked of the answers of the overview."""
