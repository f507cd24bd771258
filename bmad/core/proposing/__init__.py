"""Territories that are proposed: each path with the words that it follows from, and none that nothing says."""
