"""Figures: `python -m bench` generates the inputs, runs bmad on them, and writes a table."""

import os

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has its bytecode
