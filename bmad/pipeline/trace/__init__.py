"""Why: from a commit, line or id to the intent and back, and what reports make of that."""
