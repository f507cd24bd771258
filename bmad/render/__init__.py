"""Reports as text, Markdown and graph formats: pure functions from a report to a string."""
