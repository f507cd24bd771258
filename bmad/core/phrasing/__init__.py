"""Words that a model proposes where the author's do not reach: checked against the text, and marked as its own."""
