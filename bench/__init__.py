"""Figures: `python -m bench` generates the inputs, runs bmad on them, and writes a table."""
