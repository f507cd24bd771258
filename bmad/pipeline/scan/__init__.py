"""`bmad scan`: reviewers of two vendors look through the whole tree, unit by unit, until neither finds more."""
