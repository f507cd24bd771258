"""The use cases: each takes ports and plain values, and gives a report."""
