"""What a change imports, and whether that is in the tree, in the language or in the project's environment."""
