"""The gate: a pure function from what was read of a range to a report."""
