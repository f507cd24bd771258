"""`bmad scan`: units, defects, the estimate, and whole scans with scripted reviewers."""
