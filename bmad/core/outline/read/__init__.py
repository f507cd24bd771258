"""Stage one: the Markdown of an intent becomes blocks with spans. It knows marks, and judges nothing."""
