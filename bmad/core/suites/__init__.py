"""A project's tests, read and never run: which there are, what they assert, what a change took from them."""
