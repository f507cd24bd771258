"""What belongs together where an author's own structure leaves it open, asked of a model in small questions."""
