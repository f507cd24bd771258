"""The built-in checks of a change, and the evidence for its criteria: no model has a say here."""
