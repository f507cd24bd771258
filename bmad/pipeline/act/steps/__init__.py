"""What is done in each state that does not wait for a person; each step is safe to repeat."""
