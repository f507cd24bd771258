"""`bmad gate`: what judges a range, and all that is read for it out of git."""
