"""What a change imports, and whether that is there."""
