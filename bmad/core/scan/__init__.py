"""Looking through a whole tree with two reviewers, and what their overlap says of what is left. Pure."""
